"""In which clumps friction comes: how much more it varies from day to day than chance, with the account's own pace.

    A = Σ_d n_d(n_d - 1) - N(N - 1)·Σ_d p_d²      pairs on one day, beyond those that chance makes: N pieces of friction
                                                  in DAYS_A_SPAN days, each with the share p_d of the attempts
    E A = z·x + q·y,   x = N(N - 1)·(Σp² - (Σp²)²),   y = N·(1 - Σp²)

z is the squared coefficient of variation of a day's pace (1/shape of a gamma), q how many others come with each piece
of friction (a retry, a loop); both are 0 where friction comes by itself. Non-negative least squares over all spans,
w = 1/((1 + N)·(1 + N/10))² and at most ACCOUNT_MAX in one account: no giant decides. The tenth of all spans in which
most came together is left out: an incident of hours in part of the accounts looks like a clump in each of them. Under
50 accounts that cannot be told, and there are no clumps (see `usual`). A rise that lasts, and what a weekday has more
of everything, do not show within a few days; nor does anything where N is 1.
Source: Morisita (1959) for counting pairs, which is free of how much there is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.facts.daily import held
from banso_scoring.domain.facts.panel import DAYS, Floats, Ints, Panel
from banso_scoring.domain.success_model import SuccessModel

QUANTUM = 2.0**16
DAYS_A_SPAN = 3
SPANS = DAYS // DAYS_A_SPAN - 1
"""Each begins on a day whose number DAYS_A_SPAN divides; one that is not over is not counted."""
LEFT_OUT = SPANS // 10
"""Twelve days of incidents."""
SUMS = 5
"""Σ w x², Σ w x y, Σ w y², Σ w x A, Σ w y A."""
FEW = 10.0
ACCOUNT_MAX = 20.0
"""Of Σ w x²: what an account with three pieces of friction in every span has; none weighs more."""
RIDGE = np.diag([20.0, 10.0])
"""What says beforehand that there are no clumps: as much as one such account."""
UNEVEN_MAX, TOGETHER_MAX = 4.0, 10.0


def sums(model: SuccessModel, panel: Panel, day: int) -> Ints:
    """(channels·SUMS, SPANS) in quanta, the newest column of `panel` being `day`: they add up over accounts."""
    first = DAYS - (day + 1) % DAYS_A_SPAN - SPANS * DAYS_A_SPAN
    found = np.zeros((len(model.roles.channels), SUMS, SPANS), np.int64)
    tried, squares = _spans(np.asarray(panel.daily[model.roles.attempt]), first)
    for k, channel in enumerate(model.roles.channels):
        for rows, places in held(panel.daily, channel.series, summed=False):
            here = slice(None) if places is None else places
            found[k] += _pairs(_spans(np.asarray(rows, np.float64), first), tried[here], squares[here])
    return found.reshape(-1, SPANS)


def behind(earlier: int, later: int) -> int:
    """How many spans the sums of the day `earlier` are behind those of `later`."""
    return (later + 1) // DAYS_A_SPAN - (earlier + 1) // DAYS_A_SPAN


def _spans(rows: Floats, first: int) -> tuple[Floats, Floats]:
    """(m, SPANS) each: the sum over each span of `rows` (m, DAYS), and that of their squares."""
    days = [rows[:, first + day :: DAYS_A_SPAN][:, :SPANS] for day in range(DAYS_A_SPAN)]
    return sum(days[1:], days[0]), sum((day * day for day in days[1:]), days[0] * days[0])


def _pairs(met: tuple[Floats, Floats], tried: Floats, squares: Floats) -> Ints:
    """(SUMS, SPANS) of one channel: friction, attempts, and the squares of both (m, SPANS)."""
    n, pairs = met
    some = np.nonzero((n > 1) & (tried > 0))
    n, pairs, even = n[some], pairs[some] - n[some], squares[some] / tried[some] ** 2
    above, x, y = pairs - n * (n - 1.0) * even, n * (n - 1.0) * (even - even**2), n * (1.0 - even)
    weight = 1.0 / ((1.0 + n) * (1.0 + n / FEW)) ** 2
    own = np.bincount(some[0], weight * x * x, len(tried))
    weight *= np.minimum(1.0, ACCOUNT_MAX / np.maximum(own, 1e-9))[some[0]]
    products = [np.rint(weight * one * QUANTUM) for one in (x * x, x * y, y * y, x * above, y * above)]
    return np.stack([np.bincount(some[1], product, SPANS) for product in products]).astype(np.int64)


def fit(all_sums: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """(channels,) each: z and q of `sums`."""
    found = np.array([_solved(_usual(spans)) for spans in all_sums.reshape(-1, SUMS, SPANS) / QUANTUM]).reshape(-1, 2)
    return np.minimum(found[:, 0], UNEVEN_MAX), np.minimum(found[:, 1], TOGETHER_MAX)


def _usual(spans: Floats) -> Floats:
    """(SUMS,) of all `spans` (SUMS, SPANS) but those in which most came together."""
    above = spans[3] / np.maximum(spans[0], 1.0)
    return np.asarray(spans[:, np.argsort(above, kind="stable")[: SPANS - LEFT_OUT]].sum(axis=1))


def _solved(row: Floats) -> Floats:
    """(2,): the non-negative z and q of least squares."""
    gram, target = row[[0, 1, 1, 2]].reshape(2, 2) + RIDGE, row[3:]
    both = np.linalg.solve(gram, target)
    if (both >= 0).all():
        return np.asarray(both)
    alone = np.maximum(target / np.diag(gram), 0.0)
    better = int(np.argmax(np.diag(gram) * alone**2))
    return np.where(np.arange(2) == better, alone, 0.0)
