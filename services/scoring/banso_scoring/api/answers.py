"""How the API answers: encoded once by msgspec, with a strong ETag of the content, and 304 when it is known.

The documented problems of a route are here too, so that OpenAPI says which there are.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import msgspec
from fastapi import Depends, Request, Response
from fastapi.security import HTTPBearer

from banso_common.http.problem import MEDIA_TYPE, ProblemDetails

_encoder = msgspec.json.Encoder()
_WHEN = {
    400: "The request cannot be read: a foreign cursor, an unknown phase",
    401: "No key, or an unknown one",
    403: "The key lacks the scope",
    404: "There is no such account",
    413: "The body is too large",
    422: "A parameter is unknown, or has a value that it cannot have",
    503: "The store is away: try again after `Retry-After` seconds",
}


def answer(request: Request, body: object) -> Response:
    """`body`, one of the dataclasses of this API, as JSON; or 304 when the caller has it already."""
    raw = _encoder.encode(body)
    tag = f'"{blake2b(raw, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}
    if _knows(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(raw, headers=headers, media_type="application/json")


def _knows(if_none_match: str, tag: str) -> bool:
    """RFC 9110, 13.1.2: weak comparison with each of a list, or `*`."""
    said = [part.strip().removeprefix("W/") for part in if_none_match.split(",")]
    return tag in said or said == ["*"]


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with these problems."""
    content = {MEDIA_TYPE: {"schema": ProblemDetails.model_json_schema()}}
    return {status: {"description": _WHEN[status], "content": content} for status in statuses}


BY_KEY = Depends(HTTPBearer(auto_error=False, scheme_name="key", description="An API key of banso."))
"""Lets OpenAPI say that a key is wanted."""
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "Nothing changed since the ETag that was sent"}}
