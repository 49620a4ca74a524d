"""The routes of what one message tells of: its accounts, and a verdict on each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import ConfigDict
from pydantic.config import JsonDict
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from banso_alerts.api.door import OutreachId, Writer, problems, reader
from banso_alerts.api.query import TEXT_CHARS_MAX
from banso_alerts.api.verdicts import NewVerdict
from banso_alerts.domain.acts import Act, Deed, Source, Verdict
from banso_alerts.store import inbox, parts
from banso_alerts.store.parts import Part
from banso_common.clock import Clock, iso
from banso_common.db.transaction import reading, transaction
from banso_common.http.problem import not_found

Account = Annotated[str, Path(max_length=TEXT_CHARS_MAX, description="An account that it tells of.", examples=["acme"])]
_WORD: JsonDict = {"who": "console", "verdict": "real", "at": "2026-11-21T12:00:00.000Z", "source": "api"}
_PART: JsonDict = {
    "account": "acme",
    "account_name": "Acme 株式会社",
    "outreach": "9b0c8e1f2a3d4c5b6a79888796a5b4c3",
    "verdicts": [_WORD],
}


@dataclass(frozen=True, slots=True)
class WordView:
    """Somebody's newest verdict."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True, json_schema_extra={"example": _WORD})

    who: str
    """The name of an API key, or `slack:` and a member's id."""
    verdict: Verdict
    at: str
    source: Source


@dataclass(frozen=True, slots=True)
class PartView:
    """An account that a message tells of, and what people think of it there."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True, json_schema_extra={"example": _PART})

    account: str
    account_name: str
    outreach: str | None
    """Its own outreach; null in the message of an incident."""
    verdicts: list[WordView]


@dataclass(frozen=True, slots=True)
class PartList:
    """The accounts that a message tells of."""

    __pydantic_config__ = ConfigDict(json_schema_extra={"example": {"accounts": [_PART]}})

    accounts: list[PartView]


def add_parts(router: APIRouter, engine: AsyncEngine, clock: Clock, changed: Callable[[], None]) -> None:
    """Put the routes in; `changed` is called after each verdict."""

    @router.get(
        "/v1/outreach/{outreach_id}/accounts",
        summary="List whom it tells of",
        dependencies=[reader],
        responses=problems(404),
    )
    async def list_accounts(outreach_id: OutreachId) -> PartList:
        """The accounts of a group, a digest or an incident; a message about one account has that one."""
        async with reading(engine) as tx:
            return PartList([_view(part) for part in await _parts(tx, outreach_id)])

    @router.post(
        "/v1/outreach/{outreach_id}/accounts/{account:path}/verdict",
        summary="Judge one account of several",
        responses=problems(404),
    )
    async def judge_account(outreach_id: OutreachId, account: Account, asked: NewVerdict, who: Writer) -> PartView:
        """Say whether it was real of this account. It counts for the rule as a verdict on a message of its own."""
        act = Act(outreach_id, Deed(asked.verdict.value), who.name, clock.now(), Source.API, account=account)
        async with transaction(engine) as tx:
            if await inbox.do(tx, act) is None:
                raise not_found("outreach or account")
            view = next(_view(part) for part in await _parts(tx, outreach_id) if part.account == account)
        changed()
        return view


async def _parts(tx: AsyncConnection, outreach_id: str) -> list[Part]:
    """Raises Problem 404."""
    row = await inbox.one(tx, outreach_id)
    if row is None:
        raise not_found("outreach")
    return await parts.parts_of(tx, row)


def _view(part: Part) -> PartView:
    words = [WordView(word.who, Verdict(word.verdict), iso(word.at), Source(word.source)) for word in part.words]
    return PartView(part.account, part.name, None if part.outreach is None else part.outreach.id, words)
