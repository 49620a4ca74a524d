"""The facts of many accounts with both their clocks: what was known by the end of a day, and what is true now.

    known by the end of K  =  the facts with known_day <= K      (a late fact has known_day > day)
    true now               =  all of them

`history` is the same whatever model reads it; `Past(model, history)` shows it as panels. Nothing that became
known after K changes what is shown of K: neither facts, nor an account's first day, nor what was said of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.facts.fact_columns import FactColumns
from banso_scoring.domain.facts.live import LiveWindow
from banso_scoring.domain.facts.panel import Panel
from banso_scoring.domain.facts.profile import Profile
from banso_scoring.domain.facts.said_past import SaidPast
from banso_scoring.domain.facts.stated import Statements
from banso_scoring.domain.plan.plan import Plan, agreed
from banso_scoring.domain.plan.plans import PlanColumns
from banso_scoring.domain.struggle.cohort import merge, sketch
from banso_scoring.domain.struggle.usual import Cohort, fit
from banso_scoring.domain.success_model import SuccessModel

AT_ONCE = 4_096
"""Accounts in one panel of a cohort: few enough to stay in the cache, whatever their number."""
NEVER = np.iinfo(np.int64).max
NO_DAY = -1
GRACE_DAYS = 30
"""A contract that is renewed so soon after it ended did not end."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class History:
    """Facts of the accounts `names`, in the order in which they became known."""

    names: Sequence[str]
    facts: FactColumns
    """Parts by rising `known_day`; `facts.account_names` is `names`."""
    spoken_day: Ints
    """(n,): the first day on which an account was spoken of, if that was before its first fact; else `NEVER`."""
    profiles: Mapping[int, Profile] = field(default_factory=dict)
    """What stands of what was said of some accounts, by place in `names`; days (in their zone) stand for instants,
    as in the next two."""
    statements: Mapping[int, Statements] = field(default_factory=dict)
    """All that was said of them."""
    plans: Mapping[int, Plan] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: FactColumns, spoken_day: Ints | None = None) -> History:
        """The history of `facts.account_names`, whatever order the parts are in; nothing else was said of them."""
        n = len(facts.account_names)
        return cls(
            names=facts.account_names,
            facts=facts.taken(np.argsort(facts.known_day, kind="stable")),
            spoken_day=np.full(n, NEVER) if spoken_day is None else spoken_day,
        )

    def until(self, known_day: int) -> int:
        """How many parts were known by the end of `known_day`."""
        return int(np.searchsorted(self.facts.known_day, known_day, side="right"))


class Known:
    """What was known of all accounts by the end of `day`. Valid until the walk goes on."""

    def __init__(self, past: Past, window: LiveWindow, day: int, first_day: Ints) -> None:
        self._past, self._window, self._first_day = past, window, first_day
        self.day = day
        self.positions: Ints = np.flatnonzero((first_day <= day) & ~past.over((day, day)))
        """The accounts that had begun and whose contract had not ended, as was known."""

    def panel(self, positions: Ints | None = None) -> Panel:
        """The facts of `positions` (indices into `history.names`), or of `self.positions`."""
        some = self.positions if positions is None else positions
        return self._past.shown(self._window, some, (self.day, self.day), self._first_day[some])

    def blocks(self) -> Iterator[tuple[Ints, Panel]]:
        """`positions` and their panel, a bounded number at a time."""
        for begin in range(0, len(self.positions), AT_ONCE):
            some = self.positions[begin : begin + AT_ONCE]
            yield some, self.panel(some)

    def cohort(self) -> Cohort:
        """What was usual among them."""
        model = self._past.model
        whole = sketch(model, self.panel(self.positions[:0]))
        for _, panel in self.blocks():
            whole = merge(whole, sketch(model, panel, self.day))
        return fit(model, whole)


class Past:
    """A history as `model` reads it."""

    def __init__(self, model: SuccessModel, history: History) -> None:
        self.model, self.history = model, history
        self.ended = Marks.of(history, _names_in(model, history, model.roles.ended))
        self.renewed = Marks.of(history, _names_in(model, history, model.roles.renewed))
        self.outcomes = self.ended.without(self.renewed)
        """The ends of contracts, as is true now."""
        self._said = SaidPast(model.vocabulary)
        for place, said in history.statements.items():
            self._said.hear(place, said, _day)
        self._plans = PlanColumns()
        for place, plan in history.plans.items():
            self._plans.put(place, agreed(plan, model.metric_index, _day))

    def __len__(self) -> int:
        return len(self.history.names)

    def under(self, model: SuccessModel) -> Past:
        """The same history as another model reads it."""
        return Past(model, self.history)

    @property
    def days(self) -> tuple[int, int]:
        """The first day of any fact, and the last day on which anything became known. Raises ValueError if empty."""
        facts = self.history.facts
        if not len(facts):
            raise ValueError("there are no facts yet")
        return int(facts.day.min()), int(facts.known_day[-1])

    def panel(self, positions: Ints, day: int, known_day: int | None = None) -> Panel:
        """The facts of `positions` at the end of `day` as they were known by the end of `known_day`, or now."""
        history, window = self.history, LiveWindow(self.model, day)
        known = NEVER - 1 if known_day is None else known_day
        facts = history.facts.part(0, history.until(known))
        place = np.full(len(self), -1, np.int64)
        place[positions] = np.arange(len(positions))
        picks = np.flatnonzero((place[facts.account] >= 0) & (facts.day <= day))
        window.make_room(len(self), day)
        window.add(facts.taken(picks), np.arange(len(self)))
        return self.shown(window, positions, (day, known), self._first_day(known)[positions])

    def walk(self, first_day: int, last_day: int, every: int = 1) -> Iterator[Known]:
        """What was known at the end of `first_day`, and of each `every`-th day after it up to `last_day`."""
        return self.visit(range(first_day, last_day + 1, every))

    def visit(self, days: Iterable[int]) -> Iterator[Known]:
        """What was known at the end of each of `days`, which rise."""
        history, window, done = self.history, None, 0
        first = np.full(len(self), NEVER)
        for day in days:
            window = window or LiveWindow(self.model, day)
            window.make_room(len(self), day)
            end = history.until(day)
            fresh = history.facts.part(done, end)
            window.add(fresh, np.arange(len(self)))
            first = np.minimum(first, _spoken(history, day))
            np.minimum.at(first, fresh.account, fresh.day)
            done = end
            yield Known(self, window, day, first)

    def shown(self, window: LiveWindow, positions: Ints, days: tuple[int, int], first_day: Ints) -> Panel:
        """A panel out of `window` with what was said; `days` are the panel's day and the day of knowing."""
        day, known_day = days
        said = self._said.on(positions, day, known_day)
        panel = window.panel(positions, day, said.seats, np.minimum(first_day, day))
        return replace(
            panel,
            renewal_in_days=said.renewal_day - day,
            ended=self.over(days)[positions],
            plans=self._plans.on(positions, day, known_day),
            said=said.statements,
        )

    def begun(self, known_day: int) -> NDArray[np.bool_]:
        """(n,): of whom anything was known by the end of `known_day`."""
        return self._first_day(known_day) <= known_day

    def over(self, days: tuple[int, int]) -> NDArray[np.bool_]:
        """(n,): whose contract had ended by the first of `days`, as was known by the second, and was not renewed."""
        return self.ended.newest(days) > self.renewed.newest(days)

    def _first_day(self, known_day: int) -> Ints:
        """(n,): the first day of each account, as was known; `NEVER` for an account of which nothing was."""
        first = _spoken(self.history, known_day)
        known = self.history.facts.part(0, self.history.until(known_day))
        np.minimum.at(first, known.account, known.day)
        return first


@dataclass(frozen=True, slots=True)
class Marks:
    """Days on which something happened to accounts that counts as a turn: a contract ended, or was renewed."""

    n: int
    account: Ints
    day: Ints
    known_day: Ints

    @classmethod
    def of(cls, history: History, names: Sequence[int]) -> Marks:
        """The days on which any of the events `names` (places in `event_names`) came."""
        facts = history.facts
        some = np.flatnonzero(np.isin(facts.name, list(names)))
        return cls(len(history.names), facts.account[some], facts.day[some], facts.known_day[some])

    def newest(self, days: tuple[int, int]) -> Ints:
        """(n,): the newest such day up to the first of `days` that was known by the second; `NO_DAY` for none."""
        newest = np.full(self.n, NO_DAY, np.int64)
        some = (self.day <= days[0]) & (self.known_day <= days[1])
        np.maximum.at(newest, self.account[some], self.day[some])
        return newest

    def after(self, day: int) -> Ints:
        """(n,): the first such day after `day`, as is true now; `NEVER` for none."""
        soonest = np.full(self.n, NEVER)
        some = self.day > day
        np.minimum.at(soonest, self.account[some], self.day[some])
        return soonest

    def without(self, others: Marks) -> Marks:
        """These marks but for those that one of `others` follows, on that day or up to GRACE_DAYS later."""
        reach = 2**32
        later = np.sort(others.account * reach + others.day)
        place = np.searchsorted(later, self.account * reach + self.day)
        until = self.account * reach + self.day + GRACE_DAYS
        followed = np.append(later, NEVER)[place] <= until
        return Marks(self.n, self.account[~followed], self.day[~followed], self.known_day[~followed])


def _day(day: int) -> int:
    """Of a statement in a history the day itself is kept."""
    return day


def _spoken(history: History, known_day: int) -> Ints:
    return np.where(history.spoken_day <= known_day, history.spoken_day, NEVER)


def _names_in(model: SuccessModel, history: History, series: int) -> list[int]:
    return [place for place, name in enumerate(history.facts.event_names) if series in model.series_of[name]]
