"""What a member makes for a wanted model: its accounts judged anew from the stored facts, a bounded number at a time.

Each account is walked from its first day, however long ago, in a portfolio of its own that is then dropped; what
comes in meanwhile goes into the store as always, and whom it touches is judged once more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_scoring import (
    cell_store,
    changes,
    cohort_store,
    facts_store,
    loading,
    phase_store,
    statement_store,
    told,
    trouble_store,
)
from banso_scoring.assess import Assessment, assess
from banso_scoring.domain.facts.fact_columns import FactColumns
from banso_scoring.domain.facts.live import WIDTH, WORD, LiveWindow
from banso_scoring.domain.struggle.cohort import CohortSketch
from banso_scoring.domain.struggle.usual import Cohort
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.portfolio import NOTHING_SHOWN, Portfolio
from banso_scoring.walking import Walk, walk

AT_ONCE = 512
"""Accounts judged in one step: their facts of all days are in memory, and a day of them is one evaluation."""

Ints = NDArray[np.int64]
Chunk = tuple[int, list[str]]
"""A lane, and some of its accounts."""


@dataclass
class Rebuild:
    """How far this member is. `stale` are accounts that were touched since they were last read."""

    model: SuccessModel
    day: int
    """The day whose cohort is measured."""
    unmeasured: list[Chunk]
    unjudged: list[Chunk]
    accounts: dict[int, int]
    """Accounts by lane."""
    sketches: dict[int, CohortSketch] = field(default_factory=dict)
    done: dict[int, int] = field(default_factory=dict)
    cohort: Cohort | None = None
    measured: bool = False
    ready: bool = False
    rounds: int = 0
    """How often the stale ones were judged again."""
    stale: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, model: SuccessModel, portfolio: Portfolio, lanes: Sequence[int], now: int) -> Rebuild:
        """All accounts of `lanes`, those of one age together."""
        chunks: list[Chunk] = []
        accounts: dict[int, int] = {}
        for lane in lanes:
            mine = portfolio.in_lanes([lane])
            mine = mine[np.argsort(portfolio.columns.first_day[mine], kind="stable")]
            accounts[lane] = len(mine)
            for begin in range(0, len(mine), AT_ONCE):
                chunks.append((lane, [portfolio.names[p] for p in mine[begin : begin + AT_ONCE].tolist()]))
        everyone = np.arange(len(portfolio))
        day = int(portfolio.today(everyone, now).max(initial=portfolio.zones.day(0, now)))
        return cls(model, day, [*chunks], [*reversed(chunks)], accounts, done=dict.fromkeys(lanes, 0))


@dataclass(frozen=True, slots=True)
class Judged:
    """What some accounts come to under the wanted model, not stored yet."""

    portfolio: Portfolio
    positions: Ints
    walk: Walk
    shown: list[Assessment]


@dataclass(frozen=True, slots=True)
class Bench:
    """What accounts are judged by. `closed_day` says through which day one is closed, by its name and lane."""

    closed_day: Callable[[str, int], int]
    cohort: Cohort
    now: int


async def walked(tx: AsyncConnection, portfolio: Portfolio, names: Sequence[str], bench: Bench) -> Walk:
    """Walk `names`, of which all that is stored is read, in the empty `portfolio`."""
    today = portfolio.zones.day(0, bench.now)
    rows = await loading.load_described(tx, portfolio, names, today)
    portfolio.remember(await statement_store.of_accounts(tx, rows))
    facts = _Facts(portfolio, await facts_store.columns_of_accounts(tx, names), today)
    columns, positions = portfolio.columns, np.arange(len(portfolio))
    lanes = columns.lane[positions].tolist()
    columns.closed_day[positions] = [bench.closed_day(*one) for one in zip(portfolio.names, lanes, strict=True)]
    columns.shown[positions] = NOTHING_SHOWN
    portfolio.backfilled.clear()
    portfolio.waiting.clear()
    first_day = int(columns.first_day[positions].min(initial=today))
    cohort_on = await cohort_store.by_day(tx, portfolio.model.version, first_day, bench.cohort)
    found = await walk(portfolio, positions, cohort_on, facts.reach)
    facts.finish()
    return found


async def judge(tx: AsyncConnection, portfolio: Portfolio, names: Sequence[str], bench: Bench) -> Judged:
    """Walk `names` in the empty `portfolio`, and see how they stand now."""
    found = await walked(tx, portfolio, names, bench)
    columns, positions = portfolio.columns, np.arange(len(portfolio))
    standing = told.uncounted(found.standing)
    said = columns.current.take(positions)
    columns.closed.put(positions, told.counted(standing, said))
    shown = list(assess(portfolio, positions, lambda _: bench.cohort, bench.now, decide=False))
    return Judged(portfolio, positions, replace(found, standing=standing), shown)


async def put(tx: AsyncConnection, judged: Judged, stale: set[str], now: int) -> None:
    """Store what was found, but for accounts that were touched meanwhile: of these more is known by now."""
    portfolio, version = judged.portfolio, judged.portfolio.model.version
    whole = [p for p in judged.positions.tolist() if portfolio.names[p] not in stale]
    names, here = [portfolio.names[p] for p in whole], np.array(whole, np.int64)
    await changes.put_closed(tx, portfolio, here, judged.walk.standing.take(here))
    await phase_store.replace(tx, version, {name: judged.walk.moves[name] for name in names})
    await cell_store.replace(tx, version, {name: judged.walk.cell_moves[name] for name in names})
    await trouble_store.replace(tx, version, {name: judged.walk.troubles[name] for name in names})
    for found in judged.shown:
        mine = found.changed[np.isin(found.positions[found.changed], here)]
        await changes.put_health(tx, portfolio, replace(found, changed=mine), now)


class _Facts:
    """All facts of the accounts of `portfolio`, brought into its window as a walk comes to them."""

    def __init__(self, portfolio: Portfolio, parts: Sequence[FactColumns], today: int) -> None:
        self._portfolio = portfolio
        self._parts = [_of_ours(portfolio, part) for part in parts if len(part)]
        for part, positions in self._parts:
            portfolio.note_days(part, positions)
        self._last = max([today, *(int(part.day.max()) for part, _ in self._parts if len(part))])
        first = int(portfolio.columns.first_day[: len(portfolio)].min(initial=today))
        origin = min(first, portfolio.window.origin)
        portfolio.window = LiveWindow(portfolio.model, origin + WIDTH - WORD)
        portfolio.window.make_room(len(portfolio), origin)
        self._fed = origin
        self._feed()

    def reach(self, day: int) -> None:
        """Let the window show `day`."""
        window = self._portfolio.window
        while day >= window.origin + WIDTH:
            window.make_room(len(self._portfolio), window.origin + WIDTH)
            self._feed()

    def finish(self) -> None:
        """Let the window hold all that there is."""
        self.reach(self._last)

    def _feed(self) -> None:
        until = self._portfolio.window.origin + WIDTH
        for part, positions in self._parts:
            picks = np.flatnonzero((part.day >= self._fed) & (part.day < until))
            if len(picks):
                self._portfolio.window.add(part.taken(picks), positions)
        self._fed = until


def _of_ours(portfolio: Portfolio, part: FactColumns) -> tuple[FactColumns, Ints]:
    """What `part` holds of accounts that are here, and the position of each account that it names; -1 for others."""
    found = [portfolio.find(name) for name in part.account_names]
    positions = np.array([-1 if position is None else position for position in found], np.int64)
    return part.taken(np.flatnonzero(positions[part.account] >= 0)), positions
