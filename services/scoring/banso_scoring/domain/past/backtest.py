"""Replays the past under a model: what it would have said of each account on each day, and what then came.

A day's row reads only what was known by the end of that day; the outcome (did the contract end within `horizon`
days after it) is read from what is true now. Standings are stepped as the days are walked. Four populations:

    open     all accounts that had begun and whose contract had not ended
    active   of these, those that used the product within `active_days`: a score of the dead flatters itself
    calm     of these, those that met no friction (of `calm_of`) within `calm_days`: is trouble seen before it shows?
    kept     of the open, those whose latest attempt met no friction (of `calm_of`), or as much use followed: where
             an attempt is a deadline, those who handed in, late or not, what came due last

The rule to beat is recency: the days since the account last used the product. An unknown score ranks in the
middle of that day's known ones: what we do not know is neither good nor bad.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.evaluation import Evaluation, evaluate
from banso_scoring.domain.facts.panel import DAYS, Panel
from banso_scoring.domain.past.past import NEVER, Past
from banso_scoring.domain.standing import Standing
from banso_scoring.domain.success_model import MetricKind, SuccessModel

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Terms:
    """What counts as an outcome and as active."""

    horizon: int = 60
    """A contract that ends within so many days after a day was at risk on it."""
    active_days: int = 60
    calm_days: int = 28
    calm_of: tuple[str, ...] = ()
    """Channels of the friction that an account is calm of; none: of all."""

    def channels(self, model: SuccessModel) -> list[int]:
        """The series of `calm_of`. Raises ValueError for a channel that the model has not."""
        series = {channel.name: channel.series for channel in model.roles.channels}
        missing = [name for name in self.calm_of if name not in series]
        if missing:
            raise ValueError(f"no channel of friction is called {', '.join(missing)}; there are {', '.join(series)}")
        return [series[name] for name in self.calm_of or series]


@dataclass(frozen=True, slots=True)
class Rows:
    """One row for each open account and day of a replay."""

    day: Ints
    account: Ints
    """A place in the history's names."""
    risk: Floats
    """100 - score: the larger the worse."""
    recency: Floats
    """Days since the account last used the product."""
    ends_in: Ints
    """Days until its contract ended; `NEVER` if it has not."""
    active: Bools
    calm: Bools
    kept: Bools
    cell: Ints
    """Index into the model's cells."""
    metrics: NDArray[np.float32]
    """(n, metrics): raw values, for those who learn from them."""

    def __len__(self) -> int:
        return len(self.day)

    def left(self, horizon: int) -> Bools:
        """Whose contract ended within `horizon` days."""
        return np.asarray(self.ends_in <= horizon)

    def where(self, mask: Bools | NDArray[np.intp]) -> Rows:
        """Some of the rows, by a mask or by their places."""
        return Rows(**{each.name: getattr(self, each.name)[mask] for each in fields(self)})

    @classmethod
    def joined(cls, parts: Sequence[Rows], apart: Sequence[int] | None = None) -> Rows:
        """All rows of `parts`; with `apart` the accounts of each part are numbered from there."""
        columns = {each.name: np.concatenate([getattr(p, each.name) for p in parts]) for each in fields(cls)}
        if apart is not None:
            columns["account"] = np.concatenate([p.account + first for p, first in zip(parts, apart, strict=True)])
        return cls(**columns)


def replay(past: Past, days: Iterable[int], terms: Terms) -> Iterator[Rows]:
    """The rows of each of `days`, which rise."""
    model = past.model
    standing = Standing.new(len(past))
    used = used_series(model)
    for known in past.visit(days):
        cohort, found = known.cohort(), []
        for positions, panel in known.blocks():
            previous = standing.take(positions)
            after, seen = evaluate(model, cohort, panel, previous, np.full(len(positions), known.day))
            standing.put(positions, after)
            found.append((panel, seen))
        ends = past.outcomes.after(known.day)[known.positions]
        yield _rows(model, known.day, (known.positions, ends), found, (terms, used))


def used_series(model: SuccessModel) -> int:
    """The series that says that the product was used: that of the first metric `days-since`, else attempts."""
    for metric in model.metrics:
        if metric.kind is MetricKind.DAYS_SINCE and metric.never == "age":
            return metric.series
    return model.roles.attempt


def _rows(
    model: SuccessModel,
    day: int,
    who: tuple[Ints, Ints],
    found: Sequence[tuple[Panel, Evaluation]],
    how: tuple[Terms, int],
) -> Rows:
    positions, ends = who
    terms, used = how
    score = _joined([seen.health.score for _, seen in found])
    recency = _joined([_days_since(panel, [used]) for panel, _ in found])
    trouble = _joined([_days_since(panel, terms.channels(model)) for panel, _ in found])
    came = _joined([np.isfinite(_since(panel, [used])) for panel, _ in found]).astype(np.bool_)
    kept = _joined([_kept(panel, (model.roles.attempt, used), terms.channels(model)) for panel, _ in found])
    active = came & (recency < terms.active_days)
    n = len(positions)
    return Rows(
        day=np.full(n, day, np.int64),
        account=positions.astype(np.int64),
        risk=100.0 - np.where(np.isnan(score), _middle(score), score),
        recency=recency,
        ends_in=np.where(ends == NEVER, NEVER, ends - day),
        active=active,
        calm=active & (trouble >= terms.calm_days),
        kept=kept.astype(np.bool_),
        cell=_joined([seen.placement.cell for _, seen in found]).astype(np.int64),
        metrics=np.concatenate(
            [np.zeros((0, len(model.metrics)), np.float32), *(seen.metrics.T.astype(np.float32) for _, seen in found)]
        ),
    )


def _kept(panel: Panel, what: tuple[int, int], channels: Sequence[int]) -> Bools:
    """(n,): who met no more friction on the day of the latest attempt and after than there was use after that day.
    `what` are the series of attempts and of use."""
    latest, used = _since(panel, [what[0]]), panel.daily[what[1]]
    ago = np.arange(DAYS)[::-1]
    met = sum((panel.daily[one] * (ago <= latest[:, None]) for one in channels if one >= 0), start=np.zeros_like(used))
    return np.asarray(np.isfinite(latest) & (met.sum(axis=1) <= (used * (ago < latest[:, None])).sum(axis=1)))


def _days_since(panel: Panel, series: Sequence[int]) -> Floats:
    """(n,): days since the last event of any of `series`; the account's age, at most DAYS, if there is none."""
    since = _since(panel, series)
    return np.where(np.isfinite(since), since, np.minimum(panel.age_days, float(DAYS)))


def _since(panel: Panel, series: Sequence[int]) -> Floats:
    """(n,): days since the last event of any of `series`; infinite if there is none."""
    came = np.zeros((panel.n, DAYS), np.bool_)
    for one in series:
        if one >= 0:
            came |= panel.daily[one] > 0
    return np.where(came.any(axis=1), came[:, ::-1].argmax(axis=1).astype(np.float64), np.inf)


def _middle(score: Floats) -> float:
    known = score[~np.isnan(score)]
    return float(np.median(known)) if len(known) else 50.0


def _joined(parts: Sequence[NDArray[np.generic]]) -> NDArray[np.float64]:
    return np.concatenate([np.empty(0), *parts]).astype(np.float64)
