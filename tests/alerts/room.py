"""The whole of alerts but for its background tasks: signals go in, what it did is read back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts import tables as t
from banso_alerts.channels.port import Letter
from banso_alerts.decide import Desk
from banso_alerts.deliver import Deliverer, tend
from banso_alerts.domain.delivery import Answer, Limits, Sent
from banso_alerts.domain.outreach import ChannelName
from banso_alerts.domain.planning import Policy
from banso_alerts.handler import AlertsHandler
from banso_common.clock import ManualClock
from banso_common.contracts.account_signal import AccountSignal
from banso_common.contracts.codec import decode, encode
from banso_common.contracts.outreach_outcome import OutreachOutcome, outcome_decoder
from banso_common.contracts.topics import Topic
from banso_common.db.transaction import reading
from banso_common.log.port import Batch
from tests.alerts.made import directory, rules, shipped_plays


@dataclass
class PostBox:
    """A channel that keeps what it is given, and answers from a list (Sent when the list is empty)."""

    name: ChannelName = ChannelName.SLACK
    can_find: bool = True
    at_once: int = 20
    answers: list[Answer | Exception] = field(default_factory=list)
    arrived: dict[str, str] = field(default_factory=dict)
    sent: list[Letter] = field(default_factory=list)
    looks: int = 0

    async def send(self, letter: Letter) -> Answer:
        self.sent.append(letter)
        answer = self.answers.pop(0) if self.answers else Sent(f"ref-{len(self.sent)}")
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def find(self, letter: Letter, since: int) -> str | None:
        self.looks += 1
        return self.arrived.get(letter.message.outreach_id)

    async def close(self) -> None:
        return None


LIMITS = Limits(attempts_max=3, retry_first_ms=1_000, retry_spread=0.0, request_ms_max=1_000, grace_ms=5_000)


class Room:
    """Handler, desk and deliverer over one database, driven by hand."""

    def __init__(self, engine: AsyncEngine, clock: ManualClock, box: PostBox | None = None, **changes: Any) -> None:
        self.engine, self.clock = engine, clock
        self.box = box or PostBox()
        through = changes.pop("directory", directory(self.box.name))
        self.policy = Policy(changes.pop("plays", shipped_plays()), through, changes.pop("rules", rules()))
        self.desk = Desk(self.policy, "https://banso.example")
        self.handler = AlertsHandler(engine, self.desk, clock, lambda: None)
        self.deliverer = Deliverer(engine, [self.box], clock, LIMITS, lambda: None)
        self._partition: int = changes.pop("partition", 0)
        self._next = 0

    async def hear(self, *signals: AccountSignal, at_offset: int | None = None) -> None:
        """These signals come by our partition, in one batch."""
        if not self.handler.lanes:
            offsets = await self.handler.assigned([self._partition])
            self._next = offsets.get(self._partition, -1)
        first = max(self._next, 0) if at_offset is None else at_offset
        batch = batch_of(signals, first, self._partition)
        done = await self.handler.commit(self.handler.prepare([batch]))
        self._next = done[self._partition]

    async def tend(self) -> int:
        return await tend(self.engine, self.desk, self.clock.now())

    async def deliver(self) -> int:
        return await self.deliverer.once(self.box)

    def later(self, ms: int) -> None:
        self.clock.move_to(self.clock.now() + ms)

    async def rows(self) -> list[Any]:
        """Every outreach, in the order of its account and channel."""
        o = t.outreach.c
        async with reading(self.engine) as tx:
            return list(await tx.execute(select(t.outreach).order_by(o.account, o.episode, o.channel, o.play)))

    async def row(self) -> Any:
        (only,) = await self.rows()
        return only

    async def outcomes(self) -> list[OutreachOutcome]:
        """What was said on outreach-outcomes, in order."""
        async with reading(self.engine) as tx:
            values = await tx.scalars(select(t.outbox.c.value).order_by(t.outbox.c.seq))
            return [decode(outcome_decoder, bytes(value)) for value in values]


def batch_of(signals: Sequence[AccountSignal], first: int, partition: int = 0) -> Batch:
    """Signals as records of one partition, from offset `first` on."""
    return Batch(
        topic=Topic.ACCOUNT_SIGNALS,
        partition=partition,
        keys=[signal.account.encode() for signal in signals],
        values=[encode(signal) for signal in signals],
        offsets=list(range(first, first + len(signals))),
        next_offset=first + len(signals),
        end_offset=first + len(signals),
    )
