"""How many days of quiet are strange of a feed that is not heard every day: what is sparse, or rests, is not dead.

Of each feed it is known on which of the last 53 weeks' days something happened that it told of. From the last twelve
weeks, by weekday w (all days without one):

    ρ_w   how often such a day was quiet: (q_w + m·ρ)/(n_w + m), ρ = (q + ½)/(n + 1)
          m = ρ(1-ρ)/τ² - 1, at least 1: as many days of all weekdays count as the weekdays are alike;
          τ² = variance of q_w/n_w between them, less ρ(1-ρ)/n_w
    Λ     Σ -ln ρ_w over the days that were missed: how much was missed, as a Poisson process counts it
    P     (1 + Λ/ν)^-ν: the chance that a live feed is quiet for so long, its pace being gamma-distributed for ν
          gaps of it are known, at most 8

The first day at whose end P is below 1 in 1,000 is strange. Sooner, where the days between are much alike (standard
deviation σ below half of their mean, of g ≥ 8): where exp(-x/σ)/(g + 1) is, x days after the longest of them. Nothing
is strange that was seen before: the longest quiet of a year (a New Year's, a Golden Week) may last a day longer, where
the feed rests every week or is rarely heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, log
from statistics import fmean, pstdev

WEEK = 7
DAYS_KEPT = 53 * WEEK
"""A year and a week: last year's holidays are still known when this year's come."""
RECENT = 12 * WEEK
STRANGE = 1e-3
GAPS_COUNTED = 8
"""A pace changes, and a whole country rests: never more gaps than this speak for it."""
ALIKE_SHARE, ALIKE_MIN, SPREAD_DAYS_MIN = 0.5, 8, 0.5
"""Days between are alike when they spread less than this share of their mean, and there are so many; they never spread
less than half a day."""
REST_SHARE = 0.75
"""A feed rests on a weekday that was quiet so often."""
REST_DAYS = 7
"""Who rests on a day of every week may rest for a whole one, when a country does."""
DAYS_MAX = 56
"""Beyond so many days nothing is worked out."""


@dataclass(frozen=True, slots=True)
class Kept:
    """On which days a feed told of something: bit i, the day i before `top` (days since 1970-01-01)."""

    days: int
    top: int
    since: int
    """The day since which it is known."""

    @property
    def known(self) -> int:
        """How many days after the first are known."""
        return max(0, min(self.top - self.since, self.days.bit_length() - 1, DAYS_KEPT - 1))

    def quiets(self) -> list[int]:
        """How many days each quiet lasted, the shortest first."""
        seen = self.days & ((1 << self.known + 1) - 1)
        return sorted(len(zeros) for zeros in f"{seen:b}".split("1") if zeros)

    def usual_quiet(self) -> int:
        """The most days without anything, one after the other, but for one time: an outage does not become usual."""
        return max(self.quiets()[:-1], default=0)

    def quiet_shares(self) -> list[float]:
        """ρ_w by weekday, from the one of day 0 on."""
        n, quiet = [0] * WEEK, [0] * WEEK
        for back in range(min(self.known, RECENT)):
            weekday = (self.top - back) % WEEK
            n[weekday] += 1
            quiet[weekday] += not self.days >> back & 1
        share = (sum(quiet) + 0.5) / (sum(n) + 1)
        m = _alike(n, quiet, share)
        return [(q + m * share) / (count + m) for count, q in zip(n, quiet, strict=True)]

    def rests(self) -> bool:
        """Whether it is known for two weeks, and is quiet on some weekday as a rule."""
        return self.known >= 2 * WEEK and max(self.quiet_shares()) >= REST_SHARE


@lru_cache(maxsize=1_024)
def strange_days(kept: Kept, *, is_rare: bool) -> int:
    """The number of the first day that is missed and strange, counted from 1; at most `DAYS_MAX`."""
    rests = kept.rests()
    seen = max(kept.quiets(), default=0) if is_rare or rests else kept.usual_quiet()
    least = max(seen + 2 if seen else 1, REST_DAYS if rests else 1)
    return min(max(least, min(_unlikely(kept), _longer(kept))), DAYS_MAX)


def _unlikely(kept: Kept) -> int:
    """The number of the first day that is missed at whose end P is below `STRANGE`."""
    seen = min(kept.known, RECENT)
    gaps = min((kept.days & ((1 << seen) - 1)).bit_count(), GAPS_COUNTED)
    if not gaps:
        return DAYS_MAX
    shares, missed = kept.quiet_shares(), 0.0
    for day in range(1, DAYS_MAX):
        missed -= log(shares[(kept.top + day) % WEEK])
        if (1 + missed / gaps) ** -gaps < STRANGE:
            return day
    return DAYS_MAX


def _longer(kept: Kept) -> int:
    """The number of the first day that is missed and strange of one that is heard at even steps."""
    seen = kept.days & ((1 << min(kept.known, RECENT) + 1) - 1)
    steps = [len(zeros) + 1 for zeros in f"{seen:b}".split("1")[1:-1]]
    if len(steps) < ALIKE_MIN or pstdev(steps) >= ALIKE_SHARE * fmean(steps):
        return DAYS_MAX
    return max(steps) + ceil(max(pstdev(steps), SPREAD_DAYS_MIN) * -log(STRANGE * (len(steps) + 1)))


def _alike(n: list[int], quiet: list[int], share: float) -> float:
    """m: how many days of all weekdays speak for each."""
    known = [(count, q / count) for count, q in zip(n, quiet, strict=True) if count]
    if len(known) < WEEK:
        return float(RECENT)
    spread, mean = share * (1 - share), sum(rate for _, rate in known) / WEEK
    between = sum((rate - mean) ** 2 for _, rate in known) / (WEEK - 1)
    between -= spread * sum(1 / count for count, _ in known) / WEEK
    return min(max(spread / between - 1, 1.0), float(RECENT)) if between > 0 else float(RECENT)
