"""Decides, in one open transaction: what becomes of new signals, and of outreaches whose wait is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts.carrying import Carrying, LaneOf
from banso_alerts.domain.outreach import Candidate, OutreachState, Reason
from banso_alerts.domain.planning import Known, Policy, candidates_of, closed_already, decide_all
from banso_alerts.domain.proof.measurement import believed_uplifts
from banso_alerts.domain.proof.rule_book import RuleBook
from banso_alerts.domain.stages import Decision, taken_back
from banso_alerts.domain.stages.inhibition import INHIBITS
from banso_alerts.experiment import enrol
from banso_alerts.outcomes import say
from banso_alerts.render.compose import compose
from banso_alerts.render.message import Message
from banso_alerts.store import plans, reminders, silences, suppressions
from banso_alerts.store import turns as turns_store
from banso_alerts.store.proof import findings, rules
from banso_alerts.store.rows import Values, candidate_of, decision_values, outreach_row, reminder_of
from banso_common.contracts.account_signal import AccountSignal, SignalState


class Desk:
    """Where decisions are made: the policy, where the console stands for the links in messages, and whether the time
    of a decision is a replay's."""

    def __init__(self, policy: Policy, public_url: str | None, is_replay: Callable[[], bool] = lambda: False) -> None:
        self.policy, self._public_url, self._is_replay = policy, public_url, is_replay

    def believe(self, uplifts: Mapping[str, float]) -> None:
        """Choose among plays by how much each was found to help; a play that is not named has its author's word."""
        self._uplifts = uplifts

    async def take(self, tx: AsyncConnection, heard: Sequence[tuple[int, AccountSignal]], now: int) -> None:
        """Decide on signals, each with the lane that it came by. One that was heard before changes nothing."""
        lanes = {signal.key: lane for lane, signal in heard}
        new = await plans.hear(tx, [signal for _, signal in heard], now)
        ended = {_episode(signal) for signal in new if signal.state is SignalState.CLOSED}
        expired = await plans.close(tx, sorted(ended), now)
        turns = await turns_store.newest(tx, new)
        back = await turns_store.take_back(tx, turns.values(), now)
        await plans.release_inhibited(tx, [account for account, kind, _ in sorted(ended) if kind in INHIBITS], now)
        opened = [signal for signal in new if signal.state is SignalState.OPENED]
        settled = {signal.key: closed_already() for signal in opened if _episode(signal) in ended}
        older = [one for one in opened if _episode(one) in turns and turns[_episode(one)].key != one.key]
        settled |= {signal.key: taken_back() for signal in older}
        asked = [signal for signal in new if signal.part_of is None or not signal.turn]
        found = [each for signal in asked for each in self._candidates(signal)]
        rows = await self._plan(tx, found, settled, lambda each: lanes[each.signal.key], now)
        await say(tx, [*rows, *(dict(row._mapping) for row in (*expired, *back))], now)

    async def wake(self, tx: AsyncConnection, now: int, most: int) -> int:
        """Decide again on at most `most` outreaches whose wait is over, remind of what nobody took, and write the
        digests whose time has come; gives their number."""
        moved = await self._wake(tx, now, most) + await self._remind(tx, now, most)
        return moved + await self._carrying().digests(tx, now, most)

    async def _wake(self, tx: AsyncConnection, now: int, most: int) -> int:
        due = await plans.due_waiting(tx, now, most)
        if not due:
            return 0
        found = {row.id: candidate_of(row, self.policy) for row in due}
        asked = [each for each in found.values() if each is not None]
        decided = await self._decide(tx, asked, await self._book(tx, asked, now), now)
        lanes = {row.id: row.lane for row in due}
        carried = await self._carrying(lambda each: int(lanes[each.id])).carry(tx, decided, now)
        values: dict[str, Values] = {
            each.id: decision_values(each, decision, self.policy, now) | carried.get(each.id, {})
            for each, decision in decided
        }
        for row in due:
            values.setdefault(row.id, plans.ended_values(OutreachState.HELD, Reason.NO_PLAY, now))
        await plans.decide_again(tx, list(values.items()))
        await say(tx, [{**row._mapping, **values[row.id]} for row in due], now)
        return len(due)

    async def _remind(self, tx: AsyncConnection, now: int, most: int) -> int:
        """Say again what is still so and nobody took."""
        due = await reminders.due(tx, now, most)
        lanes = {row.signal_key: row.lane for row in due}
        again = [each for row in due if (each := reminder_of(row, self.policy, now)) is not None]
        rows = await self._plan(tx, again, {}, lambda each: int(lanes[each.signal.key]), now)
        await say(tx, rows, now)
        return len(due)

    async def _plan(
        self,
        tx: AsyncConnection,
        found: Sequence[Candidate],
        settled: Mapping[str, Decision],
        lane_of: LaneOf,
        now: int,
    ) -> list[Values]:
        """Decide on new candidates and store them; on those of the signals in `settled` it is decided already."""
        book = await self._book(tx, found, now)
        decided = [
            *await self._decide(tx, [each for each in found if each.signal.key not in settled], book, now),
            *((each, settled[each.signal.key]) for each in found if each.signal.key in settled),
        ]
        carried = await self._carrying(lane_of).carry(tx, decided, now)
        rows = [
            {
                **outreach_row(each, self._written(each, book), lane_of(each), now),
                **decision_values(each, decision, self.policy, now),
                **carried.get(each.id, {}),
            }
            for each, decision in decided
        ]
        await plans.insert_outreach(tx, rows)
        return rows

    def _carrying(self, lane_of: LaneOf = lambda _: 0) -> Carrying:
        return Carrying(self.policy, self._public_url, lane_of)

    async def _decide(
        self, tx: AsyncConnection, asked: Sequence[Candidate], book: RuleBook, now: int
    ) -> list[tuple[Candidate, Decision]]:
        if not asked:
            return []
        await plans.lock_recipients(tx, asked)
        ledger = await plans.ledger(tx, asked, now)
        policy = replace(self.policy, rules=replace(self.policy.rules, replayed=self._is_replay(), book=book))
        known = await suppressions.among(tx, {each.recipient.address or "" for each in asked})
        policy = replace(policy, rules=replace(policy.rules, suppressed=known))
        left_alone = await enrol(tx, asked, policy, now)
        policy = replace(policy, rules=replace(policy.rules, left_alone=left_alone))
        return decide_all(asked, policy, Known(ledger, await silences.in_force(tx, now), await _uplifts(tx)), now)

    def _written(self, candidate: Candidate, book: RuleBook) -> Message:
        return compose(candidate, self._public_url, book.track_of(candidate.play.name, candidate.signal.kind))

    async def _book(self, tx: AsyncConnection, asked: Sequence[Candidate], now: int) -> RuleBook:
        plays = {each.play.name: each.play for each in asked}
        return await rules.book(tx, plays.values(), now, self.policy.rules.shadow_ms)

    def _candidates(self, signal: AccountSignal) -> list[Candidate]:
        return candidates_of(signal, self.policy)


async def _uplifts(tx: AsyncConnection) -> Mapping[str, float]:
    """How much each play was measured to help; nothing before the first measurement."""
    found = await findings.latest(tx)
    return {} if found is None else believed_uplifts(found[1])


def _episode(signal: AccountSignal) -> plans.Episode:
    return signal.account, signal.kind, signal.episode
