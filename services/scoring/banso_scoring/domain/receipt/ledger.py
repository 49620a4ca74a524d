"""One account's facts with the day each became known, and the panel that any choice of the new ones makes.

    column s of the panel = facts known by `known_from`  +  the groups of new facts that choice s takes

so that 2^k answers to "what if only these had come" are one evaluation over 2^k columns. Whole numbers and sets:
the column that takes everything equals, to the bit, the panel that the live window makes of all facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.facts.day_facts import Cell, Cells
from banso_scoring.domain.facts.panel import DAYS, Bools, Panel
from banso_scoring.domain.incident.signature import is_signature
from banso_scoring.domain.success_model import SuccessModel

MICRO = 1_000_000
SUM_MAX = 2**55
"""Micro-units of a cell that count: as many as a window has days still fit into 64 bits."""
NO_DAY = -1
UNBORN = 2**31
ALWAYS = -1
"""The group of what was known before."""

Ints = NDArray[np.int64]


@dataclass(slots=True)
class News:
    """What became known of one event name between two moments."""

    name: str
    events: int = 0
    late: int = 0
    """Events that became known on a later day than they happened."""
    first_day: int = UNBORN
    last_day: int = -1

    def add(self, day: int, known_day: int, count: int) -> None:
        """Count events of `day` that became known on `known_day`."""
        self.events += count
        self.late += count if known_day > day else 0
        self.first_day, self.last_day = min(self.first_day, day), max(self.last_day, day)

    def merge(self, other: News) -> None:
        """Add what another name brought."""
        self.events += other.events
        self.late += other.late
        self.first_day, self.last_day = min(self.first_day, other.first_day), max(self.last_day, other.last_day)


@dataclass(frozen=True, slots=True)
class Ledger:
    """All facts of one account: day -> cells. `born` is its first day where that is before the facts held."""

    facts: Mapping[int, Cells]
    born: int | None = None

    def news(self, known_from: int, known_to: int, day: int) -> dict[str, News]:
        """By event name what became known after `known_from`, up to `known_to`, of days up to `day`."""
        found: dict[str, News] = {}
        for happened, cells in self.facts.items():
            for (name, known), cell in cells.items():
                if known_from < known <= known_to and happened <= day and not is_signature(name):
                    found.setdefault(name, News(name)).add(happened, known, cell.count)
        return found

    def began(self, known_day: int) -> bool:
        """Whether anything that happened was known by the end of `known_day`."""
        return self.born is not None or any(known <= known_day for cells in self.facts.values() for _, known in cells)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which facts count: those known by `known_from`, and of the later ones up to `known_to` what is chosen."""

    day: int
    known_from: int
    known_to: int
    group_of: Mapping[str, int] = field(default_factory=dict)
    """Event name -> group of what is new under it; new facts of other names are left out."""
    taken: Bools = field(default_factory=lambda: np.zeros((1, 0), np.bool_))
    """(columns, groups): which groups each column takes."""


def panel(model: SuccessModel, ledger: Ledger, choice: Choice) -> Panel:
    """The facts at the end of `choice.day`, one column a row of `choice.taken`; seats and renewal not said."""
    taken, columns = choice.taken, len(choice.taken)
    found = _gathered(model, ledger, choice)
    width = len(model.series) * DAYS
    flat = taken.astype(np.int64) @ found.amounts[:-1].reshape(-1, width) + found.amounts[ALWAYS].reshape(1, width)
    daily = flat.reshape(columns, len(model.series), DAYS).transpose(1, 0, 2).astype(np.float64)
    for index, series in enumerate(model.series):
        if series.of == "sum":
            daily[index] /= MICRO
    within = [_users(found.users, taken, width) for width in model.user_windows]
    return Panel(
        daily=daily,
        users=np.array(within, np.float64).reshape(len(within), columns),
        users_total=_users(found.users, taken, DAYS),
        seats=np.full(columns, np.nan),
        age_days=np.maximum(choice.day + _newest(-found.first, taken, -UNBORN), 0).astype(np.float64),
        today=np.full(columns, choice.day, np.int64),
        ended=_newest(found.ended, taken, NO_DAY) > _newest(found.renewed, taken, NO_DAY),
    )


class _Gathered:
    """What each group brings, the last one what was known before: daily amounts, users, first and turning days."""

    def __init__(self, groups: int, series: int) -> None:
        self.amounts = np.zeros((groups + 1, series, DAYS), np.int64)
        self.users: dict[int, dict[int, int]] = {}
        self.first = np.full(groups + 1, UNBORN, np.int64)
        self.ended, self.renewed = np.full((2, groups + 1), NO_DAY, np.int64)

    def add(self, model: SuccessModel, name: str, place: tuple[int, int, int], cell: Cell) -> None:
        """Count a cell; `place` is its group, its day, and its column, which is negative before the window."""
        group, day, column = place
        belongs = model.series_of[name]
        self.first[group] = min(self.first[group], day)
        for turns, series in ((self.ended, model.roles.ended), (self.renewed, model.roles.renewed)):
            if series in belongs:
                turns[group] = max(turns[group], day)
        if column < 0:
            return
        for series in belongs:
            summed = model.series[series].of == "sum"
            self.amounts[group, series, column] += max(-SUM_MAX, min(SUM_MAX, cell.sum)) if summed else cell.count
        for user in cell.users:
            newest = self.users.setdefault(user, {})
            newest[group] = max(newest.get(group, -1), column)


def _gathered(model: SuccessModel, ledger: Ledger, choice: Choice) -> _Gathered:
    found = _Gathered(choice.taken.shape[1], len(model.series))
    if ledger.born is not None:
        found.first[ALWAYS] = ledger.born
    for day, cells in ledger.facts.items():
        for (name, known), cell in cells.items():
            group = ALWAYS if known <= choice.known_from else choice.group_of.get(name)
            if group is not None and known <= choice.known_to and day <= choice.day:
                found.add(model, name, (group, day, DAYS - 1 - (choice.day - day)), cell)
    return found


def _newest(days: Ints, taken: Bools, never: int) -> Ints:
    """(columns,): the newest of the days of the groups that a column takes."""
    chosen = np.where(taken, days[:-1], never).max(axis=1, initial=never)
    return np.asarray(np.maximum(chosen, days[ALWAYS]))


def _users(users: Mapping[int, Mapping[int, int]], taken: Bools, width: int) -> NDArray[np.float64]:
    """(columns,): distinct users of the last `width` days, by which groups saw them there."""
    masks: dict[int, int] = {}
    always = 0
    for newest in users.values():
        seen = [group for group, column in newest.items() if column > DAYS - 1 - width]
        if ALWAYS in seen:
            always += 1
        elif seen:
            mask = sum(1 << group for group in seen)
            masks[mask] = masks.get(mask, 0) + 1
    count = np.full(len(taken), always, np.int64)
    bits = taken.astype(np.int64) @ (1 << np.arange(taken.shape[1], dtype=np.int64))
    for mask, number in masks.items():
        count += number * ((bits & mask) != 0)
    return count.astype(np.float64)


def subsets(groups: int) -> Bools:
    """(2^groups, groups): every choice; row b takes group g where bit g of b is set."""
    numbers = np.arange(1 << groups)
    return ((numbers[:, None] >> np.arange(groups)) & 1).astype(np.bool_)


def grouped(news: Mapping[str, News], named: Sequence[str]) -> tuple[list[News], dict[str, int]]:
    """The groups: one for each of `named`, and the rest, if any, as one that has no name; with name -> group."""
    groups = [news[name] for name in named]
    group_of = {name: index for index, name in enumerate(named)}
    rest = [one for name, one in news.items() if name not in group_of]
    if rest:
        others = News("")
        for one in rest:
            others.merge(one)
            group_of[one.name] = len(groups)
        groups.append(others)
    return groups, group_of
