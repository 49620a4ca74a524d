"""What a list or an alarm is worth, held against the truth: pure arithmetic over days and accounts.

    precision     of all places on the list that were given for a week (or account-days alarmed), the share given to an
                  account that is silent on the day on which it was given
    recall        of all silent episodes, the share with the account listed, or alarmed, while it lasts
    delay         days from an episode's begin to the first such day, median over those found
    lead          days from the first such day to the contract's end, median over found episodes that end it
    false alarms  per account-year: entries on the list, or alarms, of accounts that are not silent then

The list has BUDGET places for each account. A place is given for a week. On a list drawn once a week all are given on
its day; on one kept daily each day a seventh, to whoever is worst on that day and not on it. So both give as many a
week. An entry is a day on the list (or alarmed) after one that was not. Episodes count that begin at most
BEGUN_DAYS before the first judged day and at least DUE_DAYS before the last: of others nobody can say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from banso_standalone.world.spec import State
from prove.truth import CODES, STATES, Episode

BUDGET = 0.02
REMEMBERED = 4
"""Terms back, weeks that is: who was on the list in them is no news."""
NEWS = 0.5
BEGUN_DAYS, DUE_DAYS = 7, 14
YEAR_DAYS = 365.0
NONE = float("nan")

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Found:
    """The counts of one world, so that those of several can be put together."""

    picks: dict[str, int] = field(default_factory=dict)
    """How many (account, day) on the list were in each state."""
    delays: tuple[int, ...] = ()
    leads: tuple[int, ...] = ()
    episodes: int = 0
    entries: int = 0
    false_entries: int = 0
    account_days: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Several worlds together."""

    precision: float
    recall: float
    delay_days: float
    lead_days: float
    false_alarms: float
    """Per account-year."""
    chronic: float
    """The share of accounts with chronic harmless errors among all on the list."""
    picks: int
    episodes: int


def listed(scores: Floats, alive: Bools, news: float = 0.0, budget: float = BUDGET, term: int = 1) -> Bools:
    """(days, n): who is given a place on which day: the highest scores of the day not on the list; of equals the first.

    There are `budget` places for each account alive; a place is given for `term` of the days, and on each day a
    `term`-th of them. At least the share `news` is held by accounts that were not on the list for REMEMBERED terms
    before.
    """
    given, again = np.zeros(scores.shape, np.bool_), np.zeros(scores.shape, np.bool_)
    for day, (score, here) in enumerate(zip(scores, alive, strict=True)):
        places, held = round(budget * int(here.sum())), slice(max(0, day - term + 1), day)
        due = (day + 1) * places // term - day * places // term
        known = here & ~np.isnan(score) & ~given[held].any(axis=0)
        order = np.argsort(-np.where(known, score, -np.inf), kind="stable")[: int(known.sum())]
        told = np.asarray(given[max(0, day - (REMEMBERED + 1) * term + 1) : day].any(axis=0))
        left = places - round(news * places) - int(again[held].sum())
        allowed = ~told[order] | (np.cumsum(told[order]) <= left)
        some = order[allowed][: max(0, min(due, places - int(given[held].sum())))]
        given[day, some], again[day, some] = True, told[some]
    return given


def on_list(given: Bools, term: int) -> Bools:
    """(days, n): who is on the list on which day, when places are held for `term` days."""
    on = given.copy()
    for later in range(1, term):
        on[later:] |= given[:-later]
    return on


def entries(on: Bools) -> Bools:
    """(days, n): on, and not on the day before; the first day has none, for nobody knows what was before."""
    began = on.copy()
    began[1:] &= ~on[:-1]
    began[0] = False
    return began


def counted(episodes: Sequence[Episode], days: Sequence[int]) -> list[Episode]:
    """The silent episodes that somebody who looks on `days` could have found in time."""
    first, last = days[0] - BEGUN_DAYS, days[-1] - DUE_DAYS
    return [one for one in episodes if one.state is State.SILENT and first <= one.begin <= last]


def found(
    on: Bools, states: NDArray[np.int8], days: Sequence[int], episodes: Sequence[Episode], term: int = 1
) -> Found:
    """How `on`, (days, n), fares against `states`, (days, n): who is alarmed or given a place for `term` of the days,
    which need not follow on one another."""
    step = days[1] - days[0] if len(days) > 1 else 1
    delays, leads = [], []
    due = counted(episodes, days)
    when = np.asarray(days)
    for one in due:
        hits = when[on[:, one.account] & (when >= one.begin) & (when < one.end)]
        if len(hits):
            delays.append(int(hits[0]) - one.begin)
            if one.leaves:
                leads.append(one.end - int(hits[0]))
    began, silent = entries(on_list(on, term)), states == CODES[State.SILENT]
    kinds = np.bincount(states[on].astype(np.int64), minlength=len(STATES))
    return Found(
        picks={str(state): int(count) for state, count in zip(STATES, kinds.tolist(), strict=True) if count},
        delays=tuple(delays),
        leads=tuple(leads),
        episodes=len(due),
        entries=int(began.sum()),
        false_entries=int((began & ~silent).sum()),
        account_days=int((states != CODES[State.GONE]).sum()) * step,
    )


def figures(parts: Sequence[Found]) -> Figures:
    """The worlds `parts` together."""
    picks = {state: sum(part.picks.get(state, 0) for part in parts) for state in map(str, STATES)}
    total, episodes = sum(picks.values()), sum(part.episodes for part in parts)
    delays = [delay for part in parts for delay in part.delays]
    leads = [lead for part in parts for lead in part.leads]
    years = sum(part.account_days for part in parts) / YEAR_DAYS
    return Figures(
        precision=picks[State.SILENT] / total if total else NONE,
        recall=len(delays) / episodes if episodes else NONE,
        delay_days=float(np.median(delays)) if delays else NONE,
        lead_days=float(np.median(leads)) if leads else NONE,
        false_alarms=sum(part.false_entries for part in parts) / years if years else NONE,
        chronic=picks[State.CHRONIC] / total if total else NONE,
        picks=total,
        episodes=episodes,
    )
