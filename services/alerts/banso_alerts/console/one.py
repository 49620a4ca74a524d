"""What an outreach's own page shows, put together: its message, its course, what people did, whom a group tells of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.console.today import Line, Said, lines_of
from banso_alerts.domain.acts import Act, Deed, standing
from banso_alerts.domain.outreach import OutreachState
from banso_alerts.domain.plays import DIGEST, GROUP
from banso_alerts.domain.proof.judging import By, Found
from banso_alerts.render.message import Message, message_decoder
from banso_alerts.store import acts, carriers, inbox, parts
from banso_common.contracts.account_signal import SignalKind
from banso_common.contracts.codec import decode


class Step(StrEnum):
    """What can happen to an outreach, a closed set; what people do is told by their deed."""

    SAID = "said"
    DECIDED = "decided"
    PLANNED = "planned"
    TRIED = "tried"
    SENT = "sent"
    ENDED = "ended"
    ACTED = "acted"
    JUDGED = "judged"
    NEXT = "next"
    REMINDS = "reminds"


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of the course; `act` and `found` say more of what people did and of what was found."""

    at: int
    step: Step
    act: Act | None = None
    found: Found | None = None
    by: By | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One account of an incident, and what people said of it."""

    account: str
    name: str
    said: list[Said]


@dataclass(frozen=True, slots=True)
class OnePage:
    """Everything on the page."""

    line: Line
    message: Message
    course: list[Moment]
    """What was, the oldest first, then what is to come."""
    members: list[Line]
    """What a group or a digest tells of."""
    hit: list[Hit]
    """What an incident's message tells of."""
    attempts: int
    detail: str | None
    provider_ref: str | None

    @property
    def taken(self) -> bool:
        """Whether somebody has it in hand."""
        return self.line.summary.acknowledged_at is not None


async def one_page(tx: AsyncConnection, outreach_id: str) -> OnePage | None:
    """The page of an outreach; None when there is none of that id."""
    row = await inbox.one(tx, outreach_id)
    if row is None:
        return None
    said_at = await tx.scalar(select(t.signal.c.said_at).where(t.signal.c.key == row.signal_key))
    judged = select(t.judgement).where(t.judgement.c.signal_key == row.signal_key, t.judgement.c.play == row.play)
    judgement = (await tx.execute(judged)).one_or_none()
    done = standing(await acts.of_signal(tx, row.signal_key))
    (line,) = await lines_of(tx, [row])
    return OnePage(
        line=line,
        message=decode(message_decoder, bytes(row.message)),
        course=_in_order([*_course(row, said_at), *_answers(done, judgement), *_ahead(row)]),
        members=await lines_of(tx, await carriers.told_in(tx, [row.id])),
        hit=await _hit(tx, row),
        attempts=row.attempts,
        detail=row.detail,
        provider_ref=row.provider_ref,
    )


async def _hit(tx: AsyncConnection, row: Row[Any]) -> list[Hit]:
    if row.kind != SignalKind.SILENT_INCIDENT or row.play in (GROUP, DIGEST):
        return []
    found = await parts.parts_of(tx, row)
    return [Hit(each.account, each.name, [Said(Deed(w.verdict), w.who, w.at) for w in each.words]) for each in found]


def _course(row: Row[Any], said_at: int | None) -> Iterator[Moment]:
    if said_at is not None:
        yield Moment(said_at, Step.SAID)
    yield Moment(row.created_at, Step.DECIDED)
    for at, step in ((row.planned_at, Step.PLANNED), (row.first_tried_at, Step.TRIED), (row.sent_at, Step.SENT)):
        if at is not None:
            yield Moment(at, step)
    if row.state in (OutreachState.HELD, OutreachState.EXPIRED, OutreachState.PARKED):
        yield Moment(row.changed_at, Step.ENDED)


def _answers(done: Sequence[Act], judgement: Row[Any] | None) -> Iterator[Moment]:
    for act in done:
        yield Moment(act.at, Step.ACTED, act=act)
    if judgement is not None and judgement.found != Found.PENDING:
        yield Moment(judgement.known_at, Step.JUDGED, found=Found(judgement.found), by=By(judgement.source))


def _ahead(row: Row[Any]) -> Iterator[Moment]:
    if row.next_at is not None and row.state in (OutreachState.WAITING, OutreachState.RETRY, OutreachState.IN_DOUBT):
        yield Moment(row.next_at, Step.NEXT)
    if row.remind_at is not None and row.state == OutreachState.SENT and row.acknowledged_at is None:
        yield Moment(row.remind_at, Step.REMINDS)


def _in_order(course: Sequence[Moment]) -> list[Moment]:
    steps = list(Step)
    return sorted(course, key=lambda each: (each.at, steps.index(each.step)))


VERDICTS = (Deed.REAL, Deed.NOT_REAL, Deed.KNEW_IT)
