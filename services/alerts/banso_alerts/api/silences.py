"""The routes of silences: who is not to be told of what, until when, and who asked for it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import APIRouter, Path, Response
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.config import JsonDict
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.api.door import Writer, problems, reader
from banso_alerts.api.query import EXAMPLE_UNTIL, STRICT, VALUES_MAX, Comment, Text, instant
from banso_alerts.domain.silences import Matcher, Silence
from banso_alerts.store import silences
from banso_common.clock import DAY_MS, Clock, iso
from banso_common.contracts.account_signal import Severity, SignalKind, TouchModel
from banso_common.db.transaction import reading, transaction
from banso_common.errors import Refused
from banso_common.http.problem import not_found

AHEAD_MS_MAX = 366 * DAY_MS
ID_BYTES = 8
SilenceId = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="Its id.", examples=["0192f0c1d2e3f405"])]
Value = TypeVar("Value")
OneOrSeveral = Annotated[
    list[Value], BeforeValidator(lambda said: said if isinstance(said, list) else [said]), Field(max_length=VALUES_MAX)
]
"""One value, or a list of which the candidate's has to be one."""

_EXAMPLE: JsonDict = {
    "id": "0192f0c1d2e3f405",
    "account": [],
    "owner": [],
    "kind": ["stalled"],
    "play": [],
    "touch": [],
    "cell": ["dream", "integration"],
    "phase": ["implementation"],
    "severity": [],
    "author": "console",
    "comment": "Kick-offs are late everywhere this month.",
    "created_at": "2026-11-21T12:00:00.000Z",
    "expires_at": "2026-11-24T00:00:00.000Z",
}


class NewSilence(BaseModel):
    """What is not to be told for a while. Each field that is named, by one value or several, has to be met; name at
    least one."""

    model_config = ConfigDict(
        **STRICT,
        json_schema_extra={
            "example": {"account": "acme", "until": EXAMPLE_UNTIL, "comment": "They are moving offices this week."}
        },
    )

    until: AwareDatetime
    """RFC 3339 with its zone; in the future, at most a year."""
    comment: Comment = ""
    account: OneOrSeveral[Text] = []
    owner: OneOrSeveral[Text] = []
    """The owner's mail address."""
    kind: OneOrSeveral[SignalKind] = []
    play: OneOrSeveral[Text] = []
    touch: OneOrSeveral[TouchModel] = []
    cell: OneOrSeveral[Text] = []
    """A cell of the success model's matrix."""
    phase: OneOrSeveral[Text] = []
    severity: OneOrSeveral[Severity] = []

    def matcher(self) -> Matcher:
        """What it is about. Raises Refused when it names nothing."""
        named = {name: tuple(getattr(self, name)) for name in Matcher.__struct_fields__}
        matcher = Matcher(**named)
        if not matcher.names_something():
            raise Refused("silence-names-nothing", f"name at least one of {', '.join(Matcher.__struct_fields__)}")
        return matcher


class Extension(BaseModel):
    """When a silence is to end instead."""

    model_config = ConfigDict(**STRICT, json_schema_extra={"example": {"until": EXAMPLE_UNTIL}})

    until: AwareDatetime
    """RFC 3339 with its zone; in the future, at most a year."""
    comment: Comment | None = None
    """Left as it is when nothing is said."""


@dataclass(frozen=True, slots=True)
class SilenceView:
    """A silence in force. An empty list matches anything."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True, json_schema_extra={"example": _EXAMPLE})

    id: str
    account: list[str]
    owner: list[str]
    kind: list[SignalKind]
    play: list[str]
    touch: list[TouchModel]
    cell: list[str]
    phase: list[str]
    severity: list[Severity]
    author: str
    """The name of the API key that made it."""
    comment: str
    created_at: str
    expires_at: str


@dataclass(frozen=True, slots=True)
class SilenceList:
    """The silences in force, the next to end first."""

    __pydantic_config__ = ConfigDict(json_schema_extra={"example": {"silences": [_EXAMPLE]}})

    silences: list[SilenceView]


def add_silences(router: APIRouter, engine: AsyncEngine, clock: Clock, changed: Callable[[], None]) -> None:
    """Put the routes in; `changed` is called after each act."""

    @router.get("/v1/silences", summary="List silences", dependencies=[reader])
    async def list_silences() -> SilenceList:
        """The silences in force."""
        async with reading(engine) as tx:
            found = await silences.in_force(tx, clock.now())
        return SilenceList([_view(each) for each in sorted(found, key=lambda each: each.expires_at)])

    @router.post("/v1/silences", summary="Silence", status_code=201, responses=problems(400))
    async def create_silence(asked: NewSilence, who: Writer) -> SilenceView:
        """Tell nobody of what the fields name, until then. It is decided again when the silence ends."""
        made = made_of(asked, who.name, clock.now())
        async with transaction(engine) as tx:
            await silences.add(tx, made)
        changed()
        return _view(made)

    @router.put("/v1/silences/{silence_id}", summary="Extend a silence", responses=problems(400, 404))
    async def extend_silence(silence_id: SilenceId, asked: Extension, who: Writer) -> SilenceView:
        """Let it end later, or sooner. What it holds back is decided again."""
        del who
        now = clock.now()
        until = ahead(instant(asked.until), now)
        async with transaction(engine) as tx:
            extended = await silences.extend(tx, silence_id, until, asked.comment, now)
        if extended is None:
            raise not_found("silence")
        changed()
        return _view(extended)

    @router.delete("/v1/silences/{silence_id}", summary="End a silence", status_code=204, responses=problems(404))
    async def end_silence(silence_id: SilenceId, who: Writer) -> Response:
        """What it held back is decided again now."""
        del who
        async with transaction(engine) as tx:
            ended = await silences.end(tx, silence_id, clock.now())
        if not ended:
            raise not_found("silence")
        changed()
        return Response(status_code=204)


def made_of(asked: NewSilence, author: str, now: int) -> Silence:
    """The silence that somebody asks for. Raises Refused."""
    until = ahead(instant(asked.until), now)
    return Silence(secrets.token_hex(ID_BYTES), asked.matcher(), author, asked.comment, now, until)


def ahead(until: int, now: int) -> int:
    """`until`, if it is in the future and not too far. Raises Refused."""
    if not now < until <= now + AHEAD_MS_MAX:
        raise Refused("not-ahead", "`until` has to be in the future, at most a year ahead")
    return until


def _view(silence: Silence) -> SilenceView:
    named = {name: list(getattr(silence.matcher, name)) for name in Matcher.__struct_fields__}
    return SilenceView(
        id=silence.id,
        **named,
        author=silence.author,
        comment=silence.comment,
        created_at=iso(silence.created_at),
        expires_at=iso(silence.expires_at),
    )
