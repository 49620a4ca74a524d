"""How much more friction an account meets than it is used to, as log-evidence by channel, over the days that trouble
may fill: it began b days ago and goes on, or it was over e days ago.

    n_k, U, E_k = φ_k·U·θ_k            friction and attempts of those days, and what was to be expected of them
    θ_k  = (κ_k + B_k) / (κ_k + φ_k·U_B)        the account's own pace on all its other days; φ: the cohort's rate in
                                                the same days, so what hits all cancels
    s_k  = 1 / (1/(κ_k + B_k) + 1/D)      how sure that is: the more of its past was seen, up to a drift D of pace
    l_k  = ln mean_ρ [NB(n_k; ρ·E_k, s) / NB(n_k; E_k, s)]^w_k,  s = s_k·g_k²      over several sizes ρ of trouble
    e_k  = ln(1/2 + 1/2·exp l_k)                                       trouble seldom is in every channel
    L_be = Σ_k e_k

Where friction comes in clumps (z, q of the cohort, see clumps), n_k and E_k are counted in clumps, divided by 1 + q,
and of a span of t days, as even as a share EVEN of them, 1/s_k grows by z/(EVEN·t).

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
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

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
LOG_SHARE, LOG_CALM = math.log(SHARE), math.log(1.0 - SHARE)
SIZES = (0.6, 1.6)
"""Trouble is less large than a channel's `ratio` says, or larger: 1 + size·(ratio - 1). A third size tells no more."""
EVEN = 0.6
"""Days as even as a span's, of each of its days: five of seven are worked on, and use differs from day to day."""
LIFE_DAYS = 20.0
LASTED_DAYS_MIN = 21
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
SPANS = (
    *((-1, begun) for begun in range(WHOLE)),
    *(
        (over, begun)
        for begun, days in enumerate(BEGUN_DAYS)
        for over, since in enumerate(BEGUN_DAYS)
        if days - since >= LASTED_DAYS_MIN
    ),
)
"""Spans of days as places in BEGUN_DAYS: over since, begun; -1 is not over, and those come first."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """The evidence of n accounts."""

    by_beginning: Floats
    """(BEGUN_DAYS, n): L of trouble that began so long ago and goes on."""
    over: Floats
    """(n,): ln of the mean of exp L over all trouble that is over."""
    _seen: _Seen

    def leading(self, some: Indices | None = None) -> tuple[Floats, Floats, Floats]:
        """(channels, n) each: e_k, θ_k and s_k (before incidents are discounted) of the beginning that says most, of
        `some` accounts or all; worked out when they are asked for."""
        places = np.arange(self.by_beginning.shape[1]) if some is None else some
        begun = (self.by_beginning[:, places] + LOG_BEGUN[:, None]).argmax(axis=0)
        return self._seen.since(begun, places)

    def since(self, begun: NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
        """The same of all accounts, each since the beginning at its place of BEGUN_DAYS."""
        return self._seen.since(begun, np.arange(self.by_beginning.shape[1]))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What n accounts met, and what is usual."""

    channels: Sequence[Channel]
    friction: Friction
    kappas: Floats
    """(channels,)"""
    uneven: Floats
    """(channels,): z."""
    tried: tuple[Floats, ...]
    """(n,) attempts in each window of `friction`."""

    def spans_of(self, k: int) -> Floats:
        """(SPANS, n): e of one channel."""
        counts, counted = self.friction.counts[:, k], self.friction.counted[:, k].tolist()
        if not counts[WHOLE].any():
            counts = counts[:, :1]  # what none of them met is one number for all
        expected = [rate * some for rate, some in zip(self.friction.rates[:, k].tolist(), self.tried, strict=True)]
        whole = self._whole(k, counts[WHOLE], expected[WHOLE])
        found = np.empty((len(SPANS), len(self.tried[WHOLE])))
        for e, (over, begun) in zip(found, SPANS, strict=True):
            n, mean, days = counts[begun], expected[begun], BEGUN_DAYS[begun]
            if over >= 0:
                n, mean, days = n - counts[over], mean - expected[over], days - BEGUN_DAYS[over]
                np.maximum(mean, 0.0, out=mean)
            pace, sure = self._pace(k, (n, mean), whole)
            worse(n, pace * mean, widened(sure, self.uneven[k], days) * counted[begun] ** 2, self.channels[k], e)
        return found

    def since(self, begun: NDArray[np.intp], places: Indices) -> tuple[Floats, Floats, Floats]:
        """(channels, m) each: e, θ and s of the accounts at `places`, each since its own beginning."""
        shape = (len(self.channels), len(places))
        found, paces, sures = np.empty(shape), np.empty(shape), np.empty(shape)
        tried = np.stack([row[places] for row in self.tried])
        own = np.take_along_axis(tried, begun[None], axis=0)[0]
        for k, e in enumerate(found):
            rates, counts = self.friction.rates[:, k], self.friction.counts[:, k]
            whole = self._whole(k, counts[WHOLE, places], rates[WHOLE] * tried[WHOLE])
            n, mean = counts[begun, places], rates[begun] * own
            paces[k], sures[k] = self._pace(k, (n, mean), whole)
            sure = widened(sures[k], self.uneven[k], np.array(BEGUN_DAYS)[begun])
            worse(n, paces[k] * mean, sure * self.friction.counted[begun, k] ** 2, self.channels[k], e)
        return found, paces, sures

    def _whole(self, k: int, n: Floats, mean: Floats) -> tuple[Floats, Floats]:
        """(n,) each: friction of all days, met and expected, with the shape that shrinks paces added."""
        kappa = float(self.kappas[k])
        return n + kappa, mean + kappa

    def _pace(self, k: int, met: tuple[Floats, Floats], whole: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
        """θ and s, (n,) each, by what was met and expected on all days but those of `met`."""
        other = whole[1] - met[1]
        return shrunk(whole[0] - met[0], np.maximum(other, self.kappas[k], out=other))


def evidence(model: SuccessModel, windows: Windows, cohort: Cohort, friction: Friction) -> Trouble:
    """The evidence in `friction`, held against the attempts of `windows`."""
    tried = tuple(windows.of(model.roles.attempt, one) for one in friction.windows)
    seen = _Seen(model.roles.channels, _in_clumps(friction, cohort), cohort.kappas, cohort.uneven, tried)
    total, found = np.zeros((len(SPANS), windows.n)), dict[int, Floats]()
    for k, twin in enumerate(_twins(model, cohort, friction)):
        if twin == k:
            found[k] = seen.spans_of(k)
        total += found[twin]  # in the order of the channels: the same bits whatever accounts stand beside
    return Trouble(total[:WHOLE], mean_of(total[WHOLE:]), seen)


def _twins(model: SuccessModel, cohort: Cohort, friction: Friction) -> list[int]:
    """For each channel the first that says the same: nobody here met any of either, and as much is usual of both."""
    first: dict[tuple[object, ...], int] = {}
    found: list[int] = []
    for k, channel in enumerate(model.roles.channels):
        usual = (*friction.rates[:, k].tolist(), *friction.counted[:, k].tolist(), float(cohort.kappas[k]))
        usual += (float(cohort.uneven[k]), float(cohort.together[k]))
        who = k if friction.counts[WHOLE, k].any() else None
        found.append(first.setdefault((who, channel.ratio, channel.weight, *usual), k))
    return found


def _in_clumps(friction: Friction, cohort: Cohort) -> Friction:
    """What comes together counts once."""
    clump = 1.0 + cohort.together
    if (clump == 1.0).all():
        return friction
    return replace(friction, counts=friction.counts / clump[:, None], rates=friction.rates / clump)


def widened(shape: Floats, uneven: float, days: float | NDArray[np.int64]) -> Floats:
    """The shape of what is expected of a span of `days`, when its days are `uneven`."""
    return shape if not uneven else np.asarray(shape / (1.0 + shape * (uneven / (EVEN * days))))


def shrunk(seen: Floats, expected: Floats) -> tuple[Floats, Floats]:
    """The pace that `seen` against `expected` tells, both with the shape of the gamma that shrinks it to 1 added, and
    the shape it then has."""
    pace = seen / expected
    np.minimum(np.maximum(pace, PACE_MIN, out=pace), PACE_MAX, out=pace)
    sure = seen + DRIFT
    np.divide(seen, sure, out=sure)
    sure *= DRIFT
    return pace, sure


def log_ratio(n: Floats, mean: Floats, shape: Floats, more: float) -> Floats:
    """(n,): ln NB(n; (1 + more)·mean, shape) - ln NB(n; mean, shape); the gamma terms cancel."""
    return _log_ratio(n, n + shape, mean / (mean + shape), more)


def _log_ratio(n: Floats, known: Floats, share: Floats, more: float) -> Floats:
    """The same, where `known` is n + shape and `share` is mean / (mean + shape)."""
    spread = share * more
    spread += 1.0
    np.log(spread, out=spread)
    spread *= known
    return np.subtract(n * math.log1p(more), spread, out=spread)


def over_beginnings(rows: Floats) -> Floats:
    """(n,): ln of the mean over beginnings of exp, each with its weight."""
    return _log_sum_of(rows + LOG_BEGUN[:, None])


def mean_of(rows: Floats) -> Floats:
    """(n,): ln of the mean over rows of exp."""
    return log_sum(rows) - math.log(len(rows))


def sum_rows(rows: Floats, n: int) -> Floats:
    """Rows added in their order: the same bits whatever accounts stand beside."""
    total = np.zeros(n)
    for row in rows:
        total = total + row
    return total


def worse(n: Floats, expected: Floats, shape: Floats, channel: Channel, out: Floats) -> None:
    """(n,) into `out`: e, of friction `n` against what is expected; no expectation says nothing."""
    known, share, sizes = n + shape, expected + shape, [size * (channel.ratio - 1.0) for size in SIZES]
    np.divide(expected, share, out=share)
    if channel.weight != 1.0:
        n, known = n * channel.weight, known * channel.weight
    with np.errstate(over="ignore"):
        np.exp(_log_ratio(n, known, share, sizes[0]), out=out)
        for more in sizes[1:]:
            ratio = _log_ratio(n, known, share, more)
            out += np.exp(ratio, out=ratio)
        out *= SHARE / len(SIZES)
    out += 1.0 - SHARE
    np.log(out, out=out)
    if out.max(initial=0.0) == np.inf:
        beyond = np.flatnonzero(out == np.inf)  # exp of it leaves the range of floats, so there is friction
        ratios = [_log_ratio(n[beyond], known[beyond], share[beyond], more) for more in sizes]
        out[beyond] = np.logaddexp(LOG_CALM, LOG_SHARE + mean_of(np.stack(ratios)))
    out[expected <= 0.0] = 0.0


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
