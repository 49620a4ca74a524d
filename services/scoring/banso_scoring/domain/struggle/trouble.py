"""How much more friction an account meets than it is used to, as log-evidence by channel, over the days that trouble
may fill: it began b days ago and goes on, or it was over e days ago.

    n_k, U, E_k = φ_k·U·θ_k            friction and attempts of those days, and what was to be expected of them
    θ_k  = (κ_k + B_k) / (κ_k + φ_k·U_B)        the account's own pace on all its other days; φ: the cohort's rate in
                                                the same days, so what hits all cancels
    s_k  = 1 / (1/(κ_k + B_k) + 1/D)      how sure that is: the more of its past was seen, up to a drift D of pace
    l_k  = ln mean_ρ [NB(n_k; ρ·E_k, s) / NB(n_k; E_k, s)],  s = s_k·g_k²      over several sizes ρ of trouble
    e_k  = ln(1/2 + 1/2·exp(w_k·l_k))                                  trouble seldom is in every channel
    L_be = Σ_k e_k

No l is clipped before spans were held against one another: of trouble beyond all doubt it still has to be told
whether it goes on. Trouble begins on any day alike, and of what began, half is over after
LIFE_DAYS: that is the weight of each b.
g is the share of the friction that is left once incidents are discounted: an incident comes in clumps, and what one
account has more of it than another says little.
Source: Fader, Hardie & Lee (2005) for shrinking own pace to the cohort's with a gamma prior, of which s_k is the
posterior shape; Kass & Raftery (1995) for averaging likelihoods over what is not known; Barry & Hartigan (1993)
for spans between points of change.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from banso_scoring.domain.facts.in_a_row import Indices
from banso_scoring.domain.facts.panel import Floats
from banso_scoring.domain.facts.windows import BEGUN_DAYS, Windows
from banso_scoring.domain.struggle.incidents import Friction
from banso_scoring.domain.struggle.usual import Cohort
from banso_scoring.domain.success_model import Channel, SuccessModel

PACE_MIN, PACE_MAX = 0.02, 50.0
EVIDENCE_MAX = 10.0
"""Of a channel, as it is shown; and of silence."""
DRIFT = 80.0
"""D: no past makes an account steadier than this: a gamma of shape 80 moves by 11 %."""
SHARE = 0.5
"""The share of channels that are worse in trouble."""
LINEAR_FROM = 36.0
"""ln(1 + exp x) is x from here on, as far as floats can tell."""
LOG_SHARE, LOG_CALM = math.log(SHARE), math.log(1.0 - SHARE)
SIZES = (0.4, 1.0, 2.0)
"""Trouble is as large as a channel's `ratio` says, less, or more: 1 + size·(ratio - 1)."""
LIFE_DAYS = 20.0
LASTED_DAYS_MIN = 14
"""What was over sooner leaves no trace worth telling from chance."""
WHOLE = len(BEGUN_DAYS)
"""The place of all days in `Friction.windows`."""


def _beginnings() -> Floats:
    """(BEGUN_DAYS,): ln of the weight of each b: what began nearer to it than to its neighbours, and goes on."""
    middle = (np.array(BEGUN_DAYS[1:]) + BEGUN_DAYS[:-1]) / 2.0
    bounds = np.array([0.0, *middle, 2.0 * BEGUN_DAYS[-1] - middle[-1]])
    weights = -np.diff(np.exp2(-bounds / LIFE_DAYS))
    return np.asarray(np.log(weights / weights.sum()))


LOG_BEGUN = _beginnings()
GOING_ON = tuple((-1, begun) for begun in range(WHOLE))
OVER = tuple(
    (over, begun)
    for begun, days in enumerate(BEGUN_DAYS)
    for over, since in enumerate(BEGUN_DAYS)
    if days - since >= LASTED_DAYS_MIN
)
"""Spans of days as places in BEGUN_DAYS: over since, begun; -1 is not over."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """The evidence of n accounts."""

    by_beginning: Floats
    """(BEGUN_DAYS, n): L of trouble that began so long ago and goes on."""
    over: Floats
    """(n,): ln of the mean of exp L over all trouble that is over."""
    by_beginning_and_channel: Floats
    """(BEGUN_DAYS, channels, n): e_k."""
    paces: Floats
    """(BEGUN_DAYS, channels, n): θ_k."""
    sures: Floats
    """(BEGUN_DAYS, channels, n): s_k, before incidents are discounted."""

    def by_channel(self) -> Floats:
        """(channels, n): e_k of the beginning that says most, at most `EVIDENCE_MAX`."""
        return np.minimum(EVIDENCE_MAX, self._leading(self.by_beginning_and_channel))

    def pace(self, some: Indices | None = None) -> Floats:
        """(channels, n): θ_k of the beginning that says most, of `some` accounts or all."""
        return self._leading(self.paces, some)

    def sure(self, some: Indices | None = None) -> Floats:
        """(channels, n): s_k of the beginning that says most, of `some` accounts or all."""
        return self._leading(self.sures, some)

    def _leading(self, columns: Floats, some: Indices | None = None) -> Floats:
        rows = self.by_beginning if some is None else self.by_beginning[:, some]
        columns = columns if some is None else columns[:, :, some]
        leading = (rows + LOG_BEGUN[:, None]).argmax(axis=0)
        return np.asarray(np.take_along_axis(columns, leading[None, None, :], axis=0)[0])


def evidence(model: SuccessModel, windows: Windows, cohort: Cohort, friction: Friction) -> Trouble:
    """The evidence in `friction`, held against the attempts of `windows`."""
    tried = [windows.of(model.roles.attempt, one) for one in friction.windows]
    expected = np.stack([rates[:, None] * some for rates, some in zip(friction.rates, tried, strict=True)])
    twins = _twins(model, cohort, friction)
    shape = (WHOLE, len(model.roles.channels), windows.n)
    going_on, paces, sures = np.empty(shape), np.empty(shape), np.empty(shape)
    for row, span in enumerate(GOING_ON):
        going_on[row], paces[row], sures[row] = _span((model, cohort, friction), expected, span, twins)
    over = np.empty((len(OVER), windows.n))
    for row, span in enumerate(OVER):
        over[row] = sum_rows(_span((model, cohort, friction), expected, span, twins)[0], windows.n)
    return Trouble(
        by_beginning=np.stack([sum_rows(found, windows.n) for found in going_on]),
        over=mean_of(over),
        by_beginning_and_channel=going_on,
        paces=paces,
        sures=sures,
    )


def _twins(model: SuccessModel, cohort: Cohort, friction: Friction) -> list[int]:
    """For each channel the first that says the same: nobody here met any of either, and as much is usual of both."""
    first: dict[tuple[object, ...], int] = {}
    found: list[int] = []
    for k, channel in enumerate(model.roles.channels):
        usual = (*friction.rates[:, k].tolist(), *friction.counted[:, k].tolist(), float(cohort.kappas[k]))
        who = k if friction.counts[WHOLE, k].any() else None
        found.append(first.setdefault((who, channel.ratio, channel.weight, *usual), k))
    return found


def shrunk(seen: Floats, expected: Floats, shape: Floats | float) -> tuple[Floats, Floats]:
    """The pace that `seen` against `expected` tells, shrunk to 1 by a gamma of `shape`, and the shape it then has."""
    pace = np.clip((shape + seen) / (shape + expected), PACE_MIN, PACE_MAX)
    return pace, 1.0 / (1.0 / (shape + seen) + 1.0 / DRIFT)


def log_ratio(n: Floats, mean_other: Floats, mean: Floats, shape: Floats | float) -> Floats:
    """ln NB(n; mean_other, shape) - ln NB(n; mean, shape), clipped to ±10; the gamma terms cancel. 0 at no mean."""
    known = (mean > 0) & (mean_other > 0)
    ratio = np.log(np.where(known, mean_other, 1.0) / np.where(known, mean, 1.0))
    spread = np.log1p((mean_other - mean) / (shape + mean))
    return np.clip(np.where(known, n * ratio - (n + shape) * spread, 0.0), -EVIDENCE_MAX, EVIDENCE_MAX)


def over_beginnings(rows: Floats) -> Floats:
    """(n,): ln of the mean over beginnings of exp, each with its weight."""
    return log_sum(rows + LOG_BEGUN[:, None])


def mean_of(rows: Floats) -> Floats:
    """(n,): ln of the mean over rows of exp."""
    return log_sum(rows) - math.log(len(rows))


def sum_rows(rows: Floats, n: int) -> Floats:
    """Rows added in their order: the same bits whatever accounts stand beside."""
    total = np.zeros(n)
    for row in rows:
        total = total + row
    return total


def _span(
    given: tuple[SuccessModel, Cohort, Friction], expected: Floats, span: tuple[int, int], twins: list[int]
) -> tuple[Floats, Floats, Floats]:
    """(channels, n) each: e, θ and s of trouble in one span of days; `expected` is (windows, channels, n)."""
    model, cohort, friction = given
    over, begun = span
    n, mean = friction.counts[begun], expected[begun]
    if over >= 0:
        n, mean = n - friction.counts[over], np.maximum(mean - expected[over], 0.0)
    other = np.maximum(expected[WHOLE] - mean, 0.0)
    pace, sure = shrunk(friction.counts[WHOLE] - n, other, cohort.kappas[:, None])
    found = np.empty(n.shape)
    for k, channel in enumerate(model.roles.channels):
        if twins[k] < k:
            found[k] = found[twins[k]]
        else:
            found[k] = worse(n[k], mean[k] * pace[k], sure[k] * friction.counted[begun, k] ** 2, channel)
    return found, pace, sure


def worse(n: Floats, expected: Floats, shape: Floats, channel: Channel) -> Floats:
    """(n,): e, of friction `n` against what is expected. As `log_ratio` of each size, its logarithm taken once."""
    share, much, ratios = expected / (shape + expected), n + shape, np.empty((len(SIZES), len(n)))
    for row, size in enumerate(SIZES):
        more, spread = size * (channel.ratio - 1.0), ratios[row]
        np.multiply(share, more, out=spread)
        np.add(spread, 1.0, out=spread)
        np.log(spread, out=spread)
        np.multiply(spread, much, out=spread)
        np.subtract(n * math.log1p(more), spread, out=spread)
    likely = _log_sum_of(ratios)
    likely -= math.log(len(SIZES))
    likely *= channel.weight
    likely += LOG_SHARE - LOG_CALM
    found = _softly(likely)
    found += LOG_CALM
    return found if (expected > 0).all() else np.where(expected > 0, found, 0.0)


def _softly(x: Floats) -> Floats:
    """(n,): ln(1 + exp x)."""
    if x.max(initial=0.0) <= LINEAR_FROM:
        found = np.exp(x)
        found += 1.0
        return np.asarray(np.log(found, out=found))
    return np.asarray(np.log(1.0 + np.exp(np.minimum(x, LINEAR_FROM))) + np.maximum(x - LINEAR_FROM, 0.0))


def log_sum(rows: Floats) -> Floats:
    """(n,): ln of the sum over rows of exp, without leaving the range of floats."""
    return _log_sum_of(rows.copy())


def _log_sum_of(rows: Floats) -> Floats:
    """The same; `rows` are overwritten."""
    most = rows[0].copy()
    for row in rows[1:]:
        np.maximum(most, row, out=most)
    rows -= most
    np.exp(rows, out=rows)
    total = rows[0]
    for row in rows[1:]:
        total += row
    np.log(total, out=total)
    total += most
    return np.asarray(total)
