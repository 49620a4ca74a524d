"""Decides, in one open transaction: what becomes of new signals, and of outreaches whose wait is over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts.domain.outreach import Candidate, OutreachState, Reason
from banso_alerts.domain.planning import Policy, candidates_of, closed_already, decide_all
from banso_alerts.domain.proof.rule_book import RuleBook
from banso_alerts.domain.stages import Decision
from banso_alerts.experiment import enrol
from banso_alerts.outcomes import say
from banso_alerts.render.compose import compose
from banso_alerts.render.message import Message
from banso_alerts.store import plans, suppressions
from banso_alerts.store.proof import rules
from banso_alerts.store.rows import Values, candidate_of, decision_values, outreach_row
from banso_common.contracts.account_signal import AccountSignal, SignalState


class Desk:
    """Where decisions are made: the policy, where the console stands for the links in messages, and whether the time
    of a decision is a replay's."""

    def __init__(self, policy: Policy, public_url: str | None, is_replay: Callable[[], bool] = lambda: False) -> None:
        self.policy, self._public_url, self._is_replay = policy, public_url, is_replay

    async def take(self, tx: AsyncConnection, heard: Sequence[tuple[int, AccountSignal]], now: int) -> None:
        """Decide on signals, each with the lane that it came by. One that was heard before changes nothing."""
        lanes = {signal.key: lane for lane, signal in heard}
        new = await plans.hear(tx, [signal for _, signal in heard], now)
        ended = {_episode(signal) for signal in new if signal.state is SignalState.CLOSED}
        expired = await plans.close(tx, sorted(ended), now)
        opened = [signal for signal in new if signal.state is SignalState.OPENED]
        news = [signal for signal in new if signal.state is SignalState.CLOSED or _episode(signal) not in ended]
        asked = [each for signal in news for each in self._candidates(signal)]
        too_late = [each for signal in opened if _episode(signal) in ended for each in self._candidates(signal)]
        book = await self._book(tx, [*asked, *too_late], now)
        decided = [*await self._decide(tx, asked, book, now), *((each, closed_already()) for each in too_late)]
        rows = [
            {
                **outreach_row(each, self._written(each, book), lanes[each.signal.key], now),
                **decision_values(each, decision, self.policy, now),
            }
            for each, decision in decided
        ]
        await plans.insert_outreach(tx, rows)
        await say(tx, [*rows, *(dict(row._mapping) for row in expired)], now)

    async def wake(self, tx: AsyncConnection, now: int, most: int) -> int:
        """Decide again on at most `most` outreaches whose wait is over; gives their number."""
        due = await plans.due_waiting(tx, now, most)
        if not due:
            return 0
        found = {row.id: candidate_of(row, self.policy) for row in due}
        asked = [each for each in found.values() if each is not None]
        decided = await self._decide(tx, asked, await self._book(tx, asked, now), now)
        values: dict[str, Values] = {
            each.id: decision_values(each, decision, self.policy, now) for each, decision in decided
        }
        for row in due:
            values.setdefault(row.id, plans.ended_values(OutreachState.HELD, Reason.NO_PLAY, now))
        await plans.decide_again(tx, list(values.items()))
        await say(tx, [{**row._mapping, **values[row.id]} for row in due], now)
        return len(due)

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
        return decide_all(asked, policy, ledger, await plans.silences(tx, now), now)

    def _written(self, candidate: Candidate, book: RuleBook) -> Message:
        return compose(candidate, self._public_url, book.track_of(candidate.play.name, candidate.signal.kind))

    async def _book(self, tx: AsyncConnection, asked: Sequence[Candidate], now: int) -> RuleBook:
        plays = {each.play.name: each.play for each in asked}
        return await rules.book(tx, plays.values(), now, self.policy.rules.shadow_ms)

    def _candidates(self, signal: AccountSignal) -> list[Candidate]:
        return candidates_of(signal, self.policy)


def _episode(signal: AccountSignal) -> plans.Episode:
    return signal.account, signal.kind, signal.episode
