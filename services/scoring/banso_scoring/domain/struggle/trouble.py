"""How much more friction an account meets than it is used to, as log-evidence by channel, over two spans of time.

    E_hk = φ_hk·U_h·θ_k             expected in span h, from attempts U and the account's own lagged pace
    θ_k  = (κ_k + B_k) / (κ_k + φ_Bk·U_B)      φ: the cohort's rate in the same window, so what hits all cancels
    s_k  = 1 / (1/(κ_k + B_k) + 1/D)      how sure that is: the more of its past was seen, up to a drift D of pace
    l_hk = ln mean_ρ [NB(n_hk; ρ·E_hk, s) / NB(n_hk; E_hk, s)],  s = s_k·g_hk²      over several sizes ρ of trouble
    e_hk = ln(1/2 + 1/2·exp(w_k·clip(l_hk, ±6)))                       trouble seldom is in every channel
    L    = ln mean_h exp Σ_k e_hk                                      it began lately, or some weeks ago

g is the share of the span's friction that is left once incidents are discounted: an incident comes in clumps, and
what one account has more of it than another says little.
Source: Fader, Hardie & Lee (2005) for shrinking own pace to the cohort's with a gamma prior, of which s_k is the
posterior shape; Kass & Raftery (1995) for averaging likelihoods over what is not known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from banso_scoring.domain.facts.panel import Floats
from banso_scoring.domain.facts.windows import Windows, baseline, spans
from banso_scoring.domain.struggle.incidents import Friction
from banso_scoring.domain.struggle.usual import PAST, Cohort
from banso_scoring.domain.success_model import Channel, SuccessModel

PACE_MIN, PACE_MAX = 0.25, 20.0
EVIDENCE_MAX = 6.0
DRIFT = 20.0
"""D: no past makes an account steadier than this: a gamma of shape 20 moves by 22 %."""
SHARE = 0.5
"""The share of channels that are worse in trouble."""
SIZES = (0.4, 1.0, 2.0)
"""Trouble is as large as a channel's `ratio` says, less, or more: 1 + size·(ratio - 1)."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """The evidence of n accounts."""

    by_span: Floats
    """(spans, n): Σ_k e_hk."""
    by_span_and_channel: Floats
    """(spans, channels, n): e_hk."""
    pace: Floats
    """(channels, n): θ_k."""
    sure: Floats
    """(channels, n): s_k, before incidents are discounted."""

    def by_channel(self) -> Floats:
        """(channels, n): e_hk in the span that says most."""
        leading = self.by_span.argmax(axis=0)
        return np.asarray(np.take_along_axis(self.by_span_and_channel, leading[None, None, :], axis=0)[0])


def evidence(model: SuccessModel, windows: Windows, cohort: Cohort, friction: Friction) -> Trouble:
    """The evidence in `friction`, held against the attempts of `windows`."""
    pace, sure = own_pace(model, windows, cohort, friction)
    found = np.zeros(friction.recent.shape)
    for h, span in enumerate(spans(model)):
        tried = windows.of(model.roles.attempt, span) * span.evenness()
        for k, channel in enumerate(model.roles.channels):
            expected = friction.rates[h, k] * tried * pace[k]
            counted = friction.counted[h, k]
            found[h, k] = worse(friction.recent[h, k], expected, sure[k] * counted**2, channel)
    by_span = np.stack([sum_rows(rows, tried.shape[0]) for rows in found])
    return Trouble(by_span, found, pace, sure)


def own_pace(model: SuccessModel, windows: Windows, cohort: Cohort, friction: Friction) -> tuple[Floats, Floats]:
    """θ and s, (channels, n) each: the account's own lagged pace of friction, and how sure it is."""
    weighting = baseline(model)
    tried = windows.of(model.roles.attempt, weighting) * weighting.evenness()
    expected = friction.rates[PAST][:, None] * tried
    return shrunk(friction.past, expected, cohort.kappas[:, None])


def shrunk(seen: Floats, expected: Floats, shape: Floats | float) -> tuple[Floats, Floats]:
    """The pace that `seen` against `expected` tells, shrunk to 1 by a gamma of `shape`, and the shape it then has."""
    pace = np.clip((shape + seen) / (shape + expected), PACE_MIN, PACE_MAX)
    return pace, 1.0 / (1.0 / (shape + seen) + 1.0 / DRIFT)


def log_ratio(n: Floats, mean_other: Floats, mean: Floats, shape: Floats | float) -> Floats:
    """ln NB(n; mean_other, shape) - ln NB(n; mean, shape), clipped to ±6; the gamma terms cancel. 0 at no mean."""
    known = (mean > 0) & (mean_other > 0)
    ratio = np.log(np.where(known, mean_other, 1.0) / np.where(known, mean, 1.0))
    spread = np.log1p((mean_other - mean) / (shape + mean))
    return np.clip(np.where(known, n * ratio - (n + shape) * spread, 0.0), -EVIDENCE_MAX, EVIDENCE_MAX)


def mean_of(rows: Floats) -> Floats:
    """(n,): ln of the mean over rows of exp. Rows of evidence are small enough for exp to hold them."""
    return np.asarray(np.log(sum_rows(np.exp(rows), rows.shape[1]) / len(rows)))


def sum_rows(rows: Floats, n: int) -> Floats:
    """Rows added in their order: the same bits whatever accounts stand beside."""
    total = np.zeros(n)
    for row in rows:
        total = total + row
    return total


def worse(n: Floats, expected: Floats, shape: Floats, channel: Channel) -> Floats:
    """(n,): e, of friction `n` against what is expected. As `log_ratio` of each size, its logarithm taken once."""
    share, total, much = expected / (shape + expected), np.zeros(len(n)), n + shape
    for size in SIZES:
        more = size * (channel.ratio - 1.0)
        spread = np.multiply(share, more)
        np.log1p(spread, out=spread)
        spread *= much
        ratio = np.multiply(n, np.log1p(more))
        ratio -= spread
        np.clip(ratio, -EVIDENCE_MAX, EVIDENCE_MAX, out=ratio)
        total += np.exp(ratio, out=ratio)
    likely = (total / len(SIZES)) ** channel.weight
    return np.where(expected > 0, np.log(SHARE * likely + (1.0 - SHARE)), 0.0)
