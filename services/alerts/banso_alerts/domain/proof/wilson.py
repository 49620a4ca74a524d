"""Wilson's interval of a share: how sure one may be of `hits` of `trials`.

With p = hits/n and z the normal quantile, the bounds are
(p + z²/2n ± z·sqrt(p(1−p)/n + z²/4n²)) / (1 + z²/n). E. B. Wilson, JASA 22 (1927), 209-212.
"""

from __future__ import annotations

from math import sqrt

Z_95 = 1.959963984540054


def wilson(hits: int, trials: int, z: float = Z_95) -> tuple[float, float]:
    """The lower and the upper bound, in [0, 1]; of nothing nothing is known. Raises ValueError for no share."""
    if not 0 <= hits <= trials:
        raise ValueError(f"{hits} of {trials} is no share")
    if trials == 0:
        return 0.0, 1.0
    share, square = hits / trials, z * z
    middle = share + square / (2 * trials)
    reach = z * sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    whole = 1 + square / trials
    lower = 0.0 if hits == 0 else (middle - reach) / whole
    upper = 1.0 if hits == trials else (middle + reach) / whole
    return max(0.0, lower), min(1.0, upper)
