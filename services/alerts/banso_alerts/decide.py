"""Decides, in one open transaction: what becomes of new signals, and of outreaches whose wait is over.

A signal is decided under the plays that it names, so that two that cross in a switch are each decided under their own.
What waited, and what is said again, is decided under the plays in force then. Each decision names its plays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts.domain.planning import Policy, closed_already
from banso_alerts.domain.stages import taken_back
from banso_alerts.domain.stages.inhibition import INHIBITS
from banso_alerts.editions import Editions
from banso_alerts.outcomes import say
from banso_alerts.sitting import Sitting
from banso_alerts.store import plans
from banso_alerts.store import turns as turns_store
from banso_alerts.store.updates import newest_of_incidents
from banso_common.contracts.account_signal import AccountSignal, SignalState


class Desk:
    """Where decisions are made: the policy, where the console stands for the links in messages, whether the time of a
    decision is a replay's, and the plays there are (None: those of the policy, and no other)."""

    def __init__(
        self,
        policy: Policy,
        public_url: str | None,
        is_replay: Callable[[], bool] = lambda: False,
        editions: Editions | None = None,
    ) -> None:
        self.policy, self._public_url, self._is_replay, self._editions = policy, public_url, is_replay, editions

    async def in_force(self, tx: AsyncConnection) -> Policy:
        """The policy under the plays that count now."""
        return self.policy if self._editions is None else self.policy.under(await self._editions.in_force(tx))

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
        said: defaultdict[str, list[AccountSignal]] = defaultdict(list)
        for signal in newest_of_incidents(new):
            if signal.part_of is None or not signal.turn:
                said[signal.plays_version].append(signal)
        for version, signals in said.items():
            sitting = await self._sitting(tx, now, version)
            await sitting.decide_new(signals, settled, lambda each: lanes[each.signal.key])
        await say(tx, [dict(row._mapping) for row in (*expired, *back)], now)

    async def wake(self, tx: AsyncConnection, now: int, most: int) -> int:
        """Decide again on at most `most` outreaches whose wait is over, remind of what nobody took, and write the
        digests whose time has come; gives their number."""
        sitting = await self._sitting(tx, now)
        return await sitting.wake(most) + await sitting.remind(most) + await sitting.digests(most)

    async def _sitting(self, tx: AsyncConnection, now: int, version: str = "") -> Sitting:
        policy = counts = await self.in_force(tx)
        if version and self._editions is not None:
            policy = self.policy.under(await self._editions.of(tx, version))
        is_in_force = policy.plays_version == counts.plays_version
        return Sitting(tx, now, policy, self._public_url, self._is_replay(), is_in_force)


def _episode(signal: AccountSignal) -> plans.Episode:
    return signal.account, signal.kind, signal.episode
