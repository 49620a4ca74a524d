"""Keeps what stands in Slack true: when somebody has acted, the message is rewritten to say who did what, and when.

What is to be said is stored with the act; the call follows, and is repeated until Slack has taken it. Writing the
same message again changes nothing, so a repeat after a crash is harmless; a lease keeps two members from writing one
message at once, the older words last.
"""

from __future__ import annotations

import asyncio
from time import monotonic

from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.channels.slack_web import SlackWebChannel
from banso_alerts.domain.acts import standing
from banso_alerts.domain.delivery import Answer, Limits, Rejected, Retry, Sent, Unsure, backoff_ms
from banso_alerts.store import revisions
from banso_alerts.store.revisions import Revision
from banso_common.clock import SECOND_MS, Clock
from banso_common.db.transaction import reading, transaction
from banso_common.errors import Unavailable
from banso_common.failpoints import failpoint
from banso_common.pipeline.backoff import Backoff
from banso_common.telemetry.logs import logger

CLAIMS_MAX = 3  # so that all of them are made within a lease, at the pace of Slack
POLL_S = 0.5


class Reviser:
    """The rewriting of one workspace's messages."""

    def __init__(self, engine: AsyncEngine, channel: SlackWebChannel, clock: Clock, limits: Limits) -> None:
        self._engine, self._channel, self._clock, self._limits = engine, channel, clock, limits
        self._woken = asyncio.Event()
        self._stopping = False
        self._logger = logger("alerts.revise")

    def wake(self) -> None:
        """Somebody may have acted."""
        self._woken.set()

    def stop(self) -> None:
        """Finish what is in flight, then let `run` return."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Rewrite what is due until `stop`."""
        backoff = Backoff()
        while not self._stopping:
            self._woken.clear()
            try:
                if not await self.once():
                    await asyncio.wait_for(self._woken.wait(), POLL_S)
                backoff.reset()
            except TimeoutError:
                continue
            except Unavailable as fault:
                self._logger.warning("revisions wait", reason=str(fault))
                await asyncio.sleep(backoff.next_ms() / SECOND_MS)

    async def once(self) -> int:
        """Rewrite what is due now; gives how many messages were tried. Raises Unavailable."""
        now, taken_at = self._clock.now(), monotonic()
        async with reading(self._engine) as tx:
            if not await revisions.due(tx, now):
                return 0
        async with transaction(self._engine) as tx:
            taken = await revisions.claim(tx, now, now + self._limits.grace_ms, CLAIMS_MAX)
        failpoint("revision-claimed")
        for revision in taken:
            left_ms = self._limits.grace_ms - (monotonic() - taken_at) * SECOND_MS
            if left_ms > self._limits.request_ms_max:
                await self._settle(revision, await self._ask(revision))
        return len(taken)

    async def _ask(self, revision: Revision) -> Answer:
        """Slack's answer within the request time-out."""
        try:
            async with asyncio.timeout(self._limits.request_ms_max / SECOND_MS):
                answer = await self._channel.revise(revision.ref, revision.message, standing(revision.acts))
        except TimeoutError:
            answer = Unsure("no answer within the time-out")
        except Exception as fault:
            self._logger.exception("revision failed", outreach=revision.outreach_id)
            answer = Unsure(f"the channel failed: {type(fault).__name__}")
        failpoint("revision-shown")
        return answer

    async def _settle(self, revision: Revision, answer: Answer) -> None:
        """Store what came of it. A message that is gone is left; what may have been done is done again."""
        now = self._clock.now()
        async with transaction(self._engine) as tx:
            match answer:
                case Sent():
                    stored = await revisions.shown(tx, revision, now)
                case Rejected(detail):
                    stored = await revisions.put_off(tx, revision, revision.attempts, None, detail)
                case Retry(detail, after_ms, counted):
                    attempts = revision.attempts if counted else revision.attempts - 1
                    next_at = self._next_at(revision, attempts, now, after_ms)
                    stored = await revisions.put_off(tx, revision, attempts, next_at, detail)
                case Unsure(detail):
                    next_at = self._next_at(revision, revision.attempts, now, self._limits.grace_ms)
                    stored = await revisions.put_off(tx, revision, revision.attempts, next_at, detail)
        outcome = type(answer).__name__ if stored else "dropped: its lease was lost"
        self._logger.info("revision", outreach=revision.outreach_id, outcome=outcome)

    def _next_at(self, revision: Revision, attempts: int, now: int, after_ms: int | None) -> int | None:
        if attempts >= self._limits.attempts_max:
            return None
        asked_ms = min(after_ms or 0, self._limits.retry_after_ms_max)
        return now + max(asked_ms, backoff_ms(revision.outreach_id, max(attempts, 1), self._limits))
