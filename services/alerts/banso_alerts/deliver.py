"""Delivers what is due: takes it with a lease, sends it, stores what came of it; and mends what a crash left.

One loop a channel, so that a slow one holds up none of the others. See `domain.delivery` for the moves.
A sender that was stopped for longer than its lease allows does not send: somebody else has the outreach.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from time import monotonic

from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.channels.port import Channel, Letter
from banso_alerts.decide import Desk
from banso_alerts.domain.delivery import (
    Answer,
    Limits,
    Move,
    Rejected,
    Unsure,
    after_answer,
    after_blind_look,
    after_crash,
    after_look,
    limits_of,
)
from banso_alerts.domain.outreach import OutreachState
from banso_alerts.domain.suppression import SUPPRESSIBLE, Suppression, SuppressionReason
from banso_alerts.store import deliveries, suppressions
from banso_alerts.store.deliveries import Parcel
from banso_common.clock import SECOND_MS, Clock
from banso_common.db.transaction import reading, transaction
from banso_common.errors import SettingsError, Unavailable
from banso_common.failpoints import failpoint
from banso_common.pipeline.backoff import Backoff
from banso_common.telemetry import metrics
from banso_common.telemetry.logs import logger

CLAIMS_MAX = 20
WAKES_MAX = 200
POLL_S = 0.5


class Deliverer:
    """All channels of one process. `said` is called when something was put into the outbox."""

    def __init__(
        self, engine: AsyncEngine, channels: Sequence[Channel], clock: Clock, limits: Limits, said: Callable[[], None]
    ) -> None:
        self._engine, self._clock, self._limits, self._said = engine, clock, limits, said
        self._channels = {channel.name: channel for channel in channels}
        self._woken = {name: asyncio.Event() for name in self._channels}
        self._ours: set[str] = set()
        self._stopping = False
        self._logger = logger("alerts.deliver")
        self.away: dict[str, str | None] = dict.fromkeys(self._channels)

    @property
    def is_busy(self) -> bool:
        """Whether something is being sent here now."""
        return bool(self._ours)

    def wake(self) -> None:
        """There may be something due."""
        for event in self._woken.values():
            event.set()

    def stop(self) -> None:
        """Finish what is in flight, then let every `run` return."""
        self._stopping = True
        self.wake()

    async def run(self, channel: Channel) -> None:
        """Deliver through `channel` until `stop`."""
        backoff, woken = Backoff(), self._woken[channel.name]
        while not self._stopping:
            woken.clear()
            try:
                moved = await self.once(channel)
                self.away[channel.name] = None
                backoff.reset()
                if not moved:
                    await asyncio.wait_for(woken.wait(), POLL_S)
            except TimeoutError:
                continue
            except Unavailable as fault:
                self.away[channel.name] = str(fault)
                self._logger.warning("delivery waits", channel=channel.name, reason=str(fault))
                await asyncio.sleep(backoff.next_ms() / SECOND_MS)

    async def once(self, channel: Channel) -> int:
        """Mend, look, and send what is due now; gives how many outreaches moved. Raises Unavailable."""
        async with reading(self._engine) as tx:
            work = await deliveries.work_for(tx, channel.name, self._clock.now(), self._ours)
        moved = 0
        if OutreachState.SENDING in work:
            moved += await self._mend(channel)
        if moved or OutreachState.IN_DOUBT in work:
            moved += await self._look(channel)
        return moved + (await self._send(channel) if moved or work else 0)

    async def _mend(self, channel: Channel) -> int:
        """What a dead sender left is in doubt."""
        now = self._clock.now()
        async with transaction(self._engine) as tx:
            left = await deliveries.claim_abandoned(tx, channel.name, now, self._ours, CLAIMS_MAX)
            for parcel in left:
                await deliveries.settle(tx, parcel, after_crash(parcel.attempt, now), now)
        return len(left)

    async def _look(self, channel: Channel) -> int:
        """Look for what is in doubt, if the channel can; send again what is not there."""
        now = self._clock.now()
        async with transaction(self._engine) as tx:
            lease_until = now + self._limits.grace_ms
            doubtful = await deliveries.claim_doubtful(tx, channel.name, now, lease_until, CLAIMS_MAX)
        for parcel in doubtful:
            move = await self._look_for(channel, parcel)
            await self._settle(channel, parcel, move, None)
        return len(doubtful)

    async def _look_for(self, channel: Channel, parcel: Parcel) -> Move:
        ref = None
        if channel.can_find:
            try:
                async with asyncio.timeout(self._limits.request_ms_max / SECOND_MS):
                    ref = await channel.find(_letter(parcel), parcel.first_tried_at)
            except (Unavailable, TimeoutError) as fault:
                return after_blind_look(parcel.attempt, str(fault) or "time-out", self._clock.now(), self._limits)
            except SettingsError as fault:
                self._logger.error("cannot look for what may have arrived", channel=channel.name, reason=str(fault))
        return after_look(parcel.attempt, ref, self._clock.now(), limits_of(channel.name, self._limits))

    async def _send(self, channel: Channel) -> int:
        now, taken_at = self._clock.now(), monotonic()
        async with transaction(self._engine) as tx:
            lease_until = now + self._limits.grace_ms
            parcels = await deliveries.claim(tx, channel.name, now, lease_until, channel.at_once)
            if channel.name in SUPPRESSIBLE:
                addresses = {parcel.attempt.id: parcel.address for parcel in parcels}
                held = await suppressions.hold_taken(tx, addresses, now)
                parcels = [parcel for parcel in parcels if parcel.attempt.id not in held]
                self._said()
        self._ours.update(parcel.attempt.id for parcel in parcels)
        failpoint("outreach-claimed")
        results = await asyncio.gather(
            *(self._send_one(channel, parcel, taken_at) for parcel in parcels), return_exceptions=True
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return len(parcels)

    async def _send_one(self, channel: Channel, parcel: Parcel, taken_at: float) -> None:
        """Send one parcel if its lease still covers the call, and store the answer."""
        try:
            left_ms = self._limits.grace_ms - (monotonic() - taken_at) * SECOND_MS
            if left_ms <= self._limits.request_ms_max:
                self._logger.warning("not sent: its lease has run out", outreach=parcel.attempt.id)
                return
            answer = await self._ask(channel, parcel)
            failpoint("outreach-sent")
            move = after_answer(parcel.attempt, answer, self._clock.now(), limits_of(channel.name, self._limits))
            ends = answer.ends if isinstance(answer, Rejected) else None
            await self._settle(channel, parcel, move, ends)
        finally:
            self._ours.discard(parcel.attempt.id)

    async def _ask(self, channel: Channel, parcel: Parcel) -> Answer:
        """The channel's answer within the request time-out; anything else leaves us unsure."""
        try:
            async with asyncio.timeout(self._limits.request_ms_max / SECOND_MS):
                return await channel.send(_letter(parcel))
        except TimeoutError:
            return Unsure("no answer within the time-out")
        except Exception as fault:
            self._logger.exception("channel failed", channel=channel.name, outreach=parcel.attempt.id)
            return Unsure(f"the channel failed: {type(fault).__name__}")

    async def _settle(self, channel: Channel, parcel: Parcel, move: Move, ends: SuppressionReason | None) -> None:
        now = self._clock.now()
        async with transaction(self._engine) as tx:
            stored = await deliveries.settle(tx, parcel, move, now)
            if stored and ends is not None:
                await suppressions.add(tx, Suppression(parcel.address, ends, now, move.detail))
        if not stored:
            self._logger.warning("result dropped: its lease was lost", outreach=parcel.attempt.id)
            return
        metrics.outreach_moves.labels(channel.name, move.state).inc()
        self._logger.info(
            "outreach", outreach=parcel.attempt.id, channel=channel.name, state=move.state, detail=move.detail
        )
        self._said()


async def tend(engine: AsyncEngine, desk: Desk, now: int) -> int:
    """Expire what is old and decide again on what has waited long enough; gives how many moved."""
    async with reading(engine) as tx:
        if not await deliveries.untended(tx, now):
            return 0
    async with transaction(engine) as tx:
        expired = await deliveries.expire(tx, now, WAKES_MAX)
    async with transaction(engine) as tx:
        return expired + await desk.wake(tx, now, WAKES_MAX)


def _letter(parcel: Parcel) -> Letter:
    return Letter(parcel.address, parcel.recipient_name, parcel.message, parcel.about)
