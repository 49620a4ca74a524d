"""The decisions of one transaction under one version of plays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts.carrying import Carrying, LaneOf
from banso_alerts.domain.outreach import Candidate, OutreachState, Reason
from banso_alerts.domain.planning import Known, Policy, candidates_of, decide_all
from banso_alerts.domain.proof.measurement import believed_uplifts
from banso_alerts.domain.proof.rule_book import RuleBook
from banso_alerts.domain.stages import Decision
from banso_alerts.experiment import enrol
from banso_alerts.outcomes import say
from banso_alerts.render.compose import compose
from banso_alerts.render.message import Message
from banso_alerts.store import plans, reminders, silences, suppressions
from banso_alerts.store.proof import findings, rules
from banso_alerts.store.rows import Values, candidate_of, decision_values, outreach_row, reminder_of
from banso_alerts.store.updates import update_told
from banso_common.contracts.account_signal import AccountSignal, SignalKind, SignalState


@dataclass(frozen=True, slots=True)
class Sitting:
    """`policy` is under the plays of this sitting; `is_in_force`: they are those that count, and not former ones."""

    tx: AsyncConnection
    now: int
    policy: Policy
    public_url: str | None
    is_replay: bool
    is_in_force: bool

    async def decide_new(
        self, signals: Sequence[AccountSignal], settled: Mapping[str, Decision], lane_of: LaneOf
    ) -> None:
        """Decide on what new signals lead to; on those in `settled`, by their key, it is decided already."""
        asked = [signal for signal in signals if not await self._updated(signal)]
        found = [each for signal in asked for each in candidates_of(signal, self.policy)]
        await self._say(await self._plan(found, settled, lane_of))

    async def _updated(self, signal: AccountSignal) -> bool:
        """Whether the signal opens an incident that is told of already: then that says now what is new in it."""
        if signal.kind is not SignalKind.SILENT_INCIDENT or signal.state is not SignalState.OPENED:
            return False
        book = await self._book(candidates_of(signal, self.policy))
        return await update_told(self.tx, signal, self.policy, lambda each: self._written(each, book), self.now)

    async def wake(self, most: int) -> int:
        """Decide again on at most `most` outreaches whose wait is over; gives their number."""
        due = await plans.due_waiting(self.tx, self.now, most)
        if not due:
            return 0
        found = {row.id: candidate_of(row, self.policy) for row in due}
        asked = [each for each in found.values() if each is not None]
        decided = await self._decide(asked, await self._book(asked))
        lanes = {row.id: row.lane for row in due}
        carried = await self._carrying(lambda each: int(lanes[each.id])).carry(self.tx, decided, self.now)
        values: dict[str, Values] = {
            each.id: decision_values(each, decision, self.policy, self.now) | carried.get(each.id, {})
            for each, decision in decided
        }
        no_play = plans.ended_values(OutreachState.HELD, Reason.NO_PLAY, self.now)
        for row in due:
            values.setdefault(row.id, {**no_play, "plays_version": self.policy.plays_version})
        await plans.decide_again(self.tx, list(values.items()))
        await self._say([{**row._mapping, **values[row.id]} for row in due])
        return len(due)

    async def remind(self, most: int) -> int:
        """Say again what is still so and nobody took; gives how many were looked at."""
        due = await reminders.due(self.tx, self.now, most)
        lanes = {row.signal_key: row.lane for row in due}
        again = [each for row in due if (each := reminder_of(row, self.policy, self.now)) is not None]
        await self._say(await self._plan(again, {}, lambda each: int(lanes[each.signal.key])))
        return len(due)

    async def digests(self, most: int) -> int:
        """Write the digests whose time has come; gives their number."""
        return await self._carrying().digests(self.tx, self.now, most)

    async def _plan(self, found: Sequence[Candidate], settled: Mapping[str, Decision], lane_of: LaneOf) -> list[Values]:
        """Decide on new candidates and store them."""
        book = await self._book(found)
        decided = [
            *await self._decide([each for each in found if each.signal.key not in settled], book),
            *((each, settled[each.signal.key]) for each in found if each.signal.key in settled),
        ]
        carried = await self._carrying(lane_of).carry(self.tx, decided, self.now)
        rows = [
            {
                **outreach_row(each, self._written(each, book), lane_of(each), self.now),
                **decision_values(each, decision, self.policy, self.now),
                **carried.get(each.id, {}),
            }
            for each, decision in decided
        ]
        await plans.insert_outreach(self.tx, rows)
        return rows

    async def _decide(self, asked: Sequence[Candidate], book: RuleBook) -> list[tuple[Candidate, Decision]]:
        if not asked:
            return []
        tx, now = self.tx, self.now
        await plans.lock_recipients(tx, asked)
        ledger = await plans.ledger(tx, asked, now)
        suppressed = await suppressions.among(tx, {each.recipient.address or "" for each in asked})
        rules_now = replace(self.policy.rules, replayed=self.is_replay, book=book, suppressed=suppressed)
        policy = replace(self.policy, rules=rules_now)
        left_alone = await enrol(tx, asked, policy, now)
        policy = replace(policy, rules=replace(rules_now, left_alone=left_alone))
        return decide_all(asked, policy, Known(ledger, await silences.in_force(tx, now), await _uplifts(tx)), now)

    async def _book(self, asked: Sequence[Candidate]) -> RuleBook:
        plays = {each.play.name: each.play for each in asked}.values()
        return await rules.book(self.tx, plays, self.now, self.policy.rules.shadow_ms, begins=self.is_in_force)

    async def _say(self, rows: Sequence[Values]) -> None:
        await say(self.tx, rows, self.now)

    def _carrying(self, lane_of: LaneOf = lambda _: 0) -> Carrying:
        return Carrying(self.policy, self.public_url, lane_of)

    def _written(self, candidate: Candidate, book: RuleBook) -> Message:
        return compose(candidate, self.public_url, book.track_of(candidate.play.name, candidate.signal.kind))


async def _uplifts(tx: AsyncConnection) -> Mapping[str, float]:
    """How much each play was measured to help; nothing before the first measurement."""
    found = await findings.latest(tx)
    return {} if found is None else believed_uplifts(found[1])
