"""What every route of alerts shares: who may pass, how an id looks, how refusals are described."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Path
from fastapi.security import HTTPBearer

from banso_common.http.auth import require
from banso_common.http.keys import Principal, Scope
from banso_common.http.problem import MEDIA_TYPE, ProblemDetails

OUTREACH_ID = "^[0-9a-f]{32}$"

described = Depends(HTTPBearer(auto_error=False, scheme_name="key", description="An API key of banso."))
reader = Depends(require(Scope.OUTREACH_READ))
Writer = Annotated[Principal, Depends(require(Scope.OUTREACH_WRITE))]
OutreachId = Annotated[
    str, Path(pattern=OUTREACH_ID, description="Its id.", examples=["9b0c8e1f2a3d4c5b6a79888796a5b4c3"])
]


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How OpenAPI describes the refusals of a route."""
    content = {MEDIA_TYPE: {"schema": ProblemDetails.model_json_schema()}}
    return {status: {"description": "See `code` and `detail`.", "content": content} for status in statuses}
