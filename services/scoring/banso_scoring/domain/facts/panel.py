"""The facts of many accounts as columns: what every formula of the domain reads.

Invariant: all columns are in the same order of accounts, and day column `DAYS - 1` is each account's own
today, in its time zone. Counts are whole numbers held in float64: their sums are exact in any order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.facts.daily import Daily
from banso_scoring.domain.facts.statements import Statements
from banso_scoring.domain.plan.plans import Plans

DAYS = 126
"""Days kept in the live window, oldest first: 18 weeks, enough for a 10-week baseline that lags by 4."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Panel:
    """Facts of n accounts. Absent is NaN, never zero."""

    daily: Floats | Daily
    """(series, n, DAYS): counts, or sums in units (not micro-units), of `model.series[s]` per day. Out of the live
    window it is a view: valid until the window changes."""
    users: Floats
    """(len(model.user_windows), n): distinct users seen in the last w days, today included."""
    users_total: Floats
    """(n,): distinct users seen in the last DAYS days."""
    seats: Floats
    """(n,): seats bought, NaN when nobody said."""
    age_days: Floats
    """(n,): days since the account's first fact; 0 on its first day."""
    renewal_in_days: Floats | None = None
    """(n,): days until the contract's renewal, negative once past, NaN when nobody said; None for all NaN."""
    today: Ints | None = None
    """(n,): the day number (since 1970-01-01) of the last column; None when it is that of the cohort."""
    ended: Bools | None = None
    """(n,): whether the contract is over; None when it is nobody's."""
    plans: Plans | None = None
    """The agreed objectives; None when nobody looked."""
    said: Statements | None = None
    """What the model's expressions ask of statements; None when nothing was said."""

    @property
    def n(self) -> int:
        """How many accounts the columns hold."""
        return int(self.age_days.shape[0])

    def take(self, indices: NDArray[np.intp] | Ints) -> Panel:
        """The panel of the accounts at `indices`, in that order."""
        renewal, today, ended = self.renewal_in_days, self.today, self.ended
        return Panel(
            daily=self.daily.take(indices) if isinstance(self.daily, Daily) else self.daily[:, indices],
            users=self.users[:, indices],
            users_total=self.users_total[indices],
            seats=self.seats[indices],
            age_days=self.age_days[indices],
            renewal_in_days=None if renewal is None else renewal[indices],
            today=None if today is None else today[indices],
            ended=None if ended is None else ended[indices],
            plans=None if self.plans is None else self.plans.take(indices),
            said=None if self.said is None else self.said.take(indices),
        )
