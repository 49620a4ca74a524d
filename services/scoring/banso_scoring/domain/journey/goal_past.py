"""The past of a goal's metrics: every account's values day by day from when it entered the phase, as known then.

The walk evaluates every day under the model as a sweep would have, with the cohort of that day; so the day on
which an account entered the phase is the one that the model would have found. An account is followed from the
first time that it entered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.evaluation import evaluate
from banso_scoring.domain.facts.panel import Bools, Floats
from banso_scoring.domain.journey.goal_curve import NEVER, Followed, Question
from banso_scoring.domain.journey.journey import holds_at
from banso_scoring.domain.model_parts import Condition
from banso_scoring.domain.past.past import Past
from banso_scoring.domain.standing import Standing

Ints = NDArray[np.int64]
NOT_ENTERED = -1


class GoalPast:
    """Metrics `wanted` (indices) and health of all accounts of a past, by day."""

    def __init__(self, past: Past, phase: int, wanted: Sequence[int]) -> None:
        """Raises ValueError when the past is empty."""
        self._past, self._phase = past, phase
        self.first_day, self.last_day = past.days
        self._rows = {metric: row for row, metric in enumerate(sorted(set(wanted)))}
        n, days = len(past), self.last_day - self.first_day + 1
        self._values = np.full((len(self._rows), n, days), np.nan)
        self._health = np.full((n, days), np.nan, np.float32)
        self.entered = np.full(n, NOT_ENTERED, np.int64)
        """(n,): the day (from 0 on) on which each account first entered the phase."""

    @property
    def days(self) -> int:
        """How many days there are to walk."""
        return self.last_day - self.first_day + 1

    @property
    def accounts(self) -> int:
        """How many accounts the past has."""
        return len(self._past)

    def walk(self) -> Iterator[int]:
        """Walk the past once; gives each day (from 0 on) when it is done."""
        model, standing = self._past.model, Standing.new(len(self._past))
        metrics = list(self._rows)
        for known in self._past.walk(self.first_day, self.last_day):
            cohort, day = known.cohort(), known.day - self.first_day
            for some, panel in known.blocks():
                today = np.full(len(some), known.day)
                after, found = evaluate(model, cohort, panel, standing.take(some), today)
                standing.put(some, after)
                self._values[:, some, day] = found.metrics[metrics]
                self._health[some, day] = found.health.score
                there = some[(after.phase == self._phase) & (self.entered[some] == NOT_ENTERED)]
                self.entered[there] = np.maximum(standing.entered_day[there] - self.first_day, 0)
            yield day

    @property
    def seen_days_median(self) -> int:
        """For how many days at least half of the accounts that entered were followed; 0 of none."""
        _, began = self._who()
        return self.days - 1 - int(np.quantile(began, 0.5, method="higher")) if len(began) else 0

    def followed(self, question: Question) -> Followed:
        """The accounts that entered, in their order."""
        some, began = self._who()
        ended = self._past.ended.after(self.first_day - 1)[some]
        renewed = self._past.renewed.after(self.first_day - 1)[some]
        until = began + question.landmark_days + question.follow_days
        inside = np.minimum(until, self.days - 1)
        health = np.where(until < self.days, self._health[some, inside], np.nan)
        return Followed(
            seen_days=self.days - 1 - began,
            ended=_from(ended, began, self.first_day),
            renewed=_from(renewed, began, self.first_day),
            health=health.astype(np.float64),
        )

    def values(self, metric: int) -> Floats:
        """(accounts that entered, days): the metric from the day of entering on; NaN after the past's end."""
        some, began = self._who()
        columns = began[:, None] + np.arange(self.days)
        found = self._values[self._rows[metric]][some[:, None], np.minimum(columns, self.days - 1)]
        return np.where(columns < self.days, found, np.nan)

    def holds(self, conditions: Sequence[Condition]) -> Bools:
        """(accounts that entered, days): whether all of these conditions hold; they do when there are none."""
        held = np.ones((len(self._who()[0]), self.days), np.bool_)
        for condition in conditions:
            held &= holds_at(condition, self.values(condition.metric))
        return held

    def _who(self) -> tuple[Ints, Ints]:
        some = np.flatnonzero(self.entered != NOT_ENTERED)
        return some, self.entered[some]


def _from(days: Ints, began: Ints, first_day: int) -> Ints:
    """Days counted from entering; what was before is not after."""
    return np.where(days == NEVER, NEVER, days - first_day - began)
