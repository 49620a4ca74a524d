"""The part of an account's state that depends on its path: band, place in the journey, open episodes.

Everything else is a function of facts, model, cohort and day. A standing is stored at the close of a day and
is the `previous` of every evaluation on the day after; days, not calls, are counted, so that evaluating again
on the same inputs changes nothing. Columns have the accounts on their last axis.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso_common.contracts.account_signal import ACCOUNT_KINDS, Band, SignalKind
from banso_scoring.domain.facts.in_a_row import Indices, in_a_row, taken

NO_DAY = -1
OPENED, SINCE, CONTACTED, ANSWERED, RESOLVED, CLOSED = range(6)
"""Rows of the days of an account's trouble (see course): `SINCE` is the day from which contacts belong to it."""
OF_TROUBLE = ("trouble_days", "trouble_stage", "trouble_carried")
"""The columns of the course of trouble."""
NO_VALUE = -1
"""No value of an axis, or no cell."""
AXES = 3
"""Rows of the axis columns: the most axes that a matrix has."""
BANDS: tuple[Band, ...] = (Band.UNKNOWN, Band.CRITICAL, Band.WATCH, Band.HEALTHY)
"""Band code -> band; a code is the index here."""
BAND_CODES: dict[Band, int] = {band: code for code, band in enumerate(BANDS)}
KINDS: tuple[SignalKind, ...] = ACCOUNT_KINDS
"""Row of the episode columns -> kind of signal."""
KIND_ROWS: dict[SignalKind, int] = {kind: row for row, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Standing:
    """The path-dependent columns of n accounts. Days are day numbers since 1970-01-01, `NO_DAY` for none."""

    band: NDArray[np.int8]
    """(n,): index into `BANDS`."""
    phase: NDArray[np.int16]
    """(n,): index into `model.journey`."""
    entered_day: NDArray[np.int32]
    """(n,): the day on which the account entered its phase."""
    goal_since: NDArray[np.int32]
    """(n,): the day since which the goal of the phase has held without a break."""
    lapse_since: NDArray[np.int32]
    """(n,): the day since which the conditions to fall back have held without a break."""
    open: NDArray[np.bool_]
    """(kinds, n): whether an episode is open."""
    episode: NDArray[np.int32]
    """(kinds, n): how many episodes were opened so far, which is the number of the newest."""
    opened_day: NDArray[np.int32]
    """(kinds, n): the day on which the newest episode opened."""
    axis_value: NDArray[np.int8]
    """(AXES, n): the value held on each axis of the matrix, `NO_VALUE` for none."""
    axis_next: NDArray[np.int8]
    """(AXES, n): another value that holds now and waits for its days, `NO_VALUE` for none."""
    axis_since: NDArray[np.int32]
    """(AXES, n): the day since which `axis_next` has held without a break."""
    cell_day: NDArray[np.int32]
    """(n,): the day on which the account came to its cell of the matrix."""
    pattern: NDArray[np.int16]
    """(n,): the success pattern that the account has, `NO_VALUE` for none."""
    pattern_day: NDArray[np.int32]
    """(n,): the day on which the account took its pattern."""
    pattern_until: NDArray[np.int32]
    """(n,): the day since which another pattern has been nearer without a break."""
    trouble_days: NDArray[np.int32]
    """(6, n): the days of the account's newest trouble, by row `OPENED`, `SINCE`, ..."""
    trouble_stage: NDArray[np.int8]
    """(n,): where it stands, index into `course.STAGES`."""
    trouble_carried: NDArray[np.float64]
    """(n,): the factor that earlier trouble left on the day on which it opened; 1 for nothing."""

    @classmethod
    def new(cls, n: int) -> Standing:
        """The standing of n accounts that nothing is known of: the first phase, no band, no episode."""
        kinds = len(KINDS)
        return cls(
            band=np.zeros(n, np.int8),
            phase=np.zeros(n, np.int16),
            entered_day=np.full(n, NO_DAY, np.int32),
            goal_since=np.full(n, NO_DAY, np.int32),
            lapse_since=np.full(n, NO_DAY, np.int32),
            open=np.zeros((kinds, n), np.bool_),
            episode=np.zeros((kinds, n), np.int32),
            opened_day=np.full((kinds, n), NO_DAY, np.int32),
            axis_value=np.full((AXES, n), NO_VALUE, np.int8),
            axis_next=np.full((AXES, n), NO_VALUE, np.int8),
            axis_since=np.full((AXES, n), NO_DAY, np.int32),
            cell_day=np.full(n, NO_DAY, np.int32),
            pattern=np.full(n, NO_VALUE, np.int16),
            pattern_day=np.full(n, NO_DAY, np.int32),
            pattern_until=np.full(n, NO_DAY, np.int32),
            trouble_days=np.full((CLOSED + 1, n), NO_DAY, np.int32),
            trouble_stage=np.zeros(n, np.int8),
            trouble_carried=np.ones(n),
        )

    @property
    def n(self) -> int:
        """How many accounts the columns hold."""
        return int(self.band.shape[0])

    def take(self, indices: Indices) -> Standing:
        """A copy of the columns of the accounts at `indices`, in that order."""
        some = in_a_row(indices)
        return Standing(*(taken(getattr(self, name), some) for name in self.__slots__))

    def with_trouble(self, other: Standing) -> Standing:
        """These columns, but for the course of trouble, which is that of `other`."""
        return replace(self, **{name: getattr(other, name) for name in OF_TROUBLE})

    def put(self, indices: Indices, other: Standing) -> None:
        """Write `other` over the accounts at `indices`, in place; `other.n` equals `len(indices)`."""
        some = in_a_row(indices)
        for name in self.__slots__:
            getattr(self, name)[..., some] = getattr(other, name)


def differs(before: Standing, after: Standing) -> NDArray[np.bool_]:
    """(n,): where two standings are not the same."""
    flat = [(getattr(before, name), getattr(after, name)) for name in Standing.__slots__]
    different = [a != b if a.ndim == 1 else (a != b).any(axis=0) for a, b in flat]
    return np.asarray(np.logical_or.reduce(different))
