"""How each play fades, whole and by segment, with time and with exposures, and which wording to use next.

The effect is on the first outcome that has an answer (recovered, else churned, turned so that more is better). Time
runs from the play's first exposure; an account's exposures are counted from 0. Every exposure counts, also an
account's later ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from banso_alerts.domain.proof.belief import believed
from banso_alerts.domain.proof.exposed import Measured, value_of
from banso_alerts.domain.proof.findings import DIMENSIONS, VALUES_MAX
from banso_alerts.domain.proof.outcomes import MORE_IS_BETTER, Outcome
from banso_alerts.domain.proof.rotation import Proposal, Tried, propose
from banso_alerts.domain.proof.sequences import Floats
from banso_alerts.domain.proof.wear_out import Freshness, Shown, WearOut, wear_out
from banso_common.clock import DAY_MS

ANSWERS = (Outcome.RECOVERED, Outcome.CHURNED)
LATELY_DAYS = 90
EXPOSURES_MAX = 9
"""Later exposures of one account are counted as this one."""


class WordingFound(msgspec.Struct, frozen=True):
    """What a wording did lately: exposures told with it, and its believed effect."""

    variant: str
    told: int
    believed: float


class SegmentFade(msgspec.Struct, frozen=True):
    """How the play fades where a dimension has one value."""

    dimension: str
    value: str
    by_time: WearOut


class PlayFade(msgspec.Struct, frozen=True):
    """How a play fades. `since_at` is its first exposure; `proposal` is made when it fades and there are wordings."""

    play: str
    measured_by: Outcome | None
    since_at: int | None
    by_time: WearOut
    by_exposure: WearOut
    segments: list[SegmentFade]
    wordings: list[WordingFound]
    proposal: Proposal | None


def fade(play: str, wordings: Sequence[str], author: float, measured: Sequence[Measured], now: int) -> PlayFade:
    """How a play fades, of its exposures in the order of time; `author` is how much it is believed to help."""
    outcome, value = _answered(measured, now)
    known = np.flatnonzero(~np.isnan(value))
    some = [measured[int(place)] for place in known]
    since_at = measured[0].exposed.said_at if measured else 0
    days = np.array([(each.exposed.said_at - since_at) / DAY_MS for each in some], dtype=np.float64)
    told = np.array([each.told for each in some], dtype=np.bool_)
    by_time = Shown(days, told, value[known])
    found = wear_out(by_time)
    tried = _tried(wordings, some, by_time, author, (now - since_at) / DAY_MS)
    fades = found.freshness in (Freshness.FADING, Freshness.WORN)
    return PlayFade(
        play=play,
        measured_by=outcome,
        since_at=since_at if measured else None,
        by_time=found,
        by_exposure=wear_out(Shown(_turns(measured)[known], told, value[known]), by_value=True),
        segments=list(_segments(some, by_time)),
        wordings=[WordingFound(name, each.told, each.believed) for name, each in tried.items()],
        proposal=propose(play, tried, now) if fades else None,
    )


def _answered(measured: Sequence[Measured], now: int) -> tuple[Outcome | None, Floats]:
    """The first outcome that has an answer, and its values, more being better; NaN where it has none."""
    for outcome in ANSWERS:
        values = np.array([value_of(each, outcome, now) for each in measured], dtype=np.float64)
        if not np.isnan(values).all():
            return outcome, values if MORE_IS_BETTER[outcome] else 1 - values
    return None, np.full(len(measured), np.nan)


def _turns(measured: Sequence[Measured]) -> Floats:
    """How many exposures the account had before each."""
    before: Counter[str] = Counter()
    turns = np.empty(len(measured))
    for place, each in enumerate(measured):
        turns[place] = min(before[each.account], EXPOSURES_MAX)
        before[each.account] += 1
    return turns


def _segments(some: Sequence[Measured], shown: Shown) -> Iterator[SegmentFade]:
    for place, dimension in enumerate(DIMENSIONS):
        names = np.array([each.dimensions[place] for each in some], dtype=np.str_)
        values, counts = np.unique(names, return_counts=True)
        for _, value in sorted(zip(-counts, values, strict=True))[:VALUES_MAX]:
            here = names == value
            found = wear_out(Shown(shown.x[here], shown.told[here], shown.outcome[here]))
            yield SegmentFade(dimension, str(value), found)


def _tried(
    wordings: Sequence[str], some: Sequence[Measured], shown: Shown, author: float, today: float
) -> dict[str, Tried]:
    """What each wording did in the last days, against all that were left alone in them."""
    lately = shown.x > today - LATELY_DAYS
    variants = np.array([each.variant for each in some], dtype=np.str_)
    left = shown.outcome[lately & ~shown.told]
    found = {}
    for name in wordings:
        mine = shown.outcome[lately & shown.told & (variants == name)]
        found[name] = Tried(len(mine), believed(author, *_difference(mine, left)))
    return found


def _difference(told: Floats, left: Floats) -> tuple[float | None, float | None]:
    """The difference of the means and its standard error; nothing of too few."""
    if min(len(told), len(left)) < 2:
        return None, None
    spread = float(np.concatenate([told - told.mean(), left - left.mean()]).std())
    return float(told.mean() - left.mean()), spread * (1 / len(told) + 1 / len(left)) ** 0.5
