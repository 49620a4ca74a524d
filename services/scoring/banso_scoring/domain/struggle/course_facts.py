"""What the course of trouble reads of the facts of a few accounts: first days, and friction since a day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.facts.daily import Daily, held
from banso_scoring.domain.facts.panel import DAYS, Floats, Panel
from banso_scoring.domain.standing import NO_DAY
from banso_scoring.domain.struggle.incidents import discounts
from banso_scoring.domain.struggle.silence import LOG_NEUTRAL, Struggle
from banso_scoring.domain.struggle.trouble import sum_rows, widened, worse
from banso_scoring.domain.struggle.usual import Cohort
from banso_scoring.domain.success_model import SuccessModel

Days = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Facts:
    """The accounts at `some` (m places, rising) of a panel, each on its own `today`."""

    model: SuccessModel
    some: NDArray[np.intp]
    today: Days
    daily: Floats | Daily
    """Their days."""

    @classmethod
    def of(cls, model: SuccessModel, panel: Panel, some: NDArray[np.intp], today: Days) -> Facts:
        """The accounts at `some` of a panel."""
        daily = panel.daily.take(some) if isinstance(panel.daily, Daily) else panel.daily[:, some]
        return cls(model, some, today, daily)

    def rows(self, series: int) -> Floats:
        """(m, DAYS): counts by day; zeros for series -1."""
        found = np.zeros((len(self.some), DAYS))
        for rows, places in held(self.daily, series, summed=False) if series >= 0 else ():
            found[slice(None) if places is None else places] = rows
        return found

    def first(self, series: int, since: Days, until: Days) -> Days:
        """(m,): the first day from `since` to `until` on which an event of `series` came; `NO_DAY` for none."""
        if series < 0:
            return np.full(len(self.some), NO_DAY, np.int32)
        day = self._day()
        came = (self.rows(series) > 0) & (day >= since[:, None]) & (day <= until[:, None])
        return np.where(came.any(axis=1), day[:, 0] + came.argmax(axis=1), NO_DAY).astype(np.int32)

    def trouble_since(self, cohort: Cohort, struggle: Struggle, since: Days) -> Floats:
        """(m,): T of the friction after the day `since` alone; incidents that hit everybody are discounted."""
        counts = self._day() > since[:, None]
        tried = (self.rows(self.model.roles.attempt) * counts).sum(axis=1)
        factors = discounts(self.model, cohort)
        _, pace, sure = struggle.friction.leading(self.some)
        found = np.zeros((len(self.model.roles.channels), len(self.some)))
        for k, channel in enumerate(self.model.roles.channels):
            came, clump = (self.rows(channel.series) * counts * factors[k]).sum(axis=1), 1.0 + cohort.together[k]
            shape = widened(sure[k], cohort.uneven[k], np.maximum(self.today - since, 1))
            worse(came / clump, cohort.rates[k] / clump * pace[k] * tried, shape, channel, out=found[k])
        return LOG_NEUTRAL + sum_rows(found, len(self.some))

    def _day(self) -> NDArray[np.int64]:
        """(m, DAYS): the day of each column."""
        return self.today[:, None].astype(np.int64) + np.arange(1 - DAYS, 1)
