"""What people think of an outreach, said over HTTP; a click in Slack says the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.api.door import OutreachId, Writer, described, problems
from banso_alerts.api.query import STRICT
from banso_alerts.domain.acts import Act, Deed, Source, Verdict
from banso_alerts.store import acts, inbox
from banso_common.clock import Clock, iso
from banso_common.db.transaction import transaction
from banso_common.http.problem import not_found


class NewVerdict(BaseModel):
    """What somebody thinks of an outreach."""

    model_config = ConfigDict(**STRICT, json_schema_extra={"example": {"verdict": "real"}})

    verdict: Verdict
    """`real`: it was so; `not-real`: it was not; `knew-it`: it was so and they knew."""


@dataclass(frozen=True, slots=True)
class VerdictView:
    """Somebody's newest verdict on an outreach."""

    __pydantic_config__ = ConfigDict(
        use_attribute_docstrings=True,
        json_schema_extra={
            "example": {
                "outreach": "9b0c8e1f2a3d4c5b6a79888796a5b4c3",
                "signal": "acme/silent-struggling/1/opened",
                "play": "call-the-silent",
                "who": "console",
                "verdict": "real",
                "at": "2026-11-21T12:00:00.000Z",
                "source": "api",
            }
        },
    )

    outreach: str
    signal: str
    play: str
    who: str
    """The name of an API key, or `slack:` and a member's id."""
    verdict: Verdict
    at: str
    source: Source


def make_verdict_router(engine: AsyncEngine, clock: Clock, changed: Callable[[], None]) -> APIRouter:
    """Verdicts over the store; `changed` is called after each."""
    router = APIRouter(tags=["outreach"], dependencies=[described], responses=problems(401, 403, 422, 503))

    @router.post("/v1/outreach/{outreach_id}/verdict", summary="Judge an outreach", responses=problems(404))
    async def judge(outreach_id: OutreachId, asked: NewVerdict, who: Writer) -> VerdictView:
        """Say whether it was real. A newer word of the same key replaces the older; the same word again is the same."""
        act = Act(outreach_id, Deed(asked.verdict.value), who.name, clock.now(), Source.API)
        async with transaction(engine) as tx:
            row = await inbox.locked(tx, outreach_id)
            if row is None:
                raise not_found("outreach")
            kept = await acts.judge(tx, row, act)
        changed()
        return VerdictView(
            outreach=kept.outreach_id,
            signal=kept.signal_key,
            play=kept.play,
            who=kept.who,
            verdict=Verdict(kept.verdict),
            at=iso(kept.at),
            source=Source(kept.source),
        )

    return router
