"""The health score in words, with hysteresis: a band is left at another score than it was entered at.

An account is healthy from `healthy_from` on and stays so down to `healthy_until`; it is critical below
`critical_below` and stays so up to `critical_until`. Nobody of whom it is told that they
struggle is healthy. Stepping twice on one score is stepping once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from banso_common.contracts.account_signal import Band
from banso_scoring.domain.facts.panel import Bools, Floats
from banso_scoring.domain.standing import BAND_CODES
from banso_scoring.domain.success_model import Bands

Codes = NDArray[np.int8]


def in_trouble(band: Codes, told: Bools) -> Codes:
    """(n,): the band codes, where trouble was `told` no better than watch."""
    return np.where(told & (band == BAND_CODES[Band.HEALTHY]), BAND_CODES[Band.WATCH], band).astype(np.int8)


def step(bands: Bands, previous: Codes, score: Floats) -> Codes:
    """(n,): the band codes that follow `previous` at `score`; unknown where the score is NaN."""
    was_healthy = previous == BAND_CODES[Band.HEALTHY]
    was_critical = previous == BAND_CODES[Band.CRITICAL]
    healthy = (score >= bands.healthy_from) | (was_healthy & (score >= bands.healthy_until))
    critical = (score < bands.critical_below) | (was_critical & (score < bands.critical_until))
    return np.select(
        [np.isnan(score), healthy, critical],
        [BAND_CODES[Band.UNKNOWN], BAND_CODES[Band.HEALTHY], BAND_CODES[Band.CRITICAL]],
        BAND_CODES[Band.WATCH],
    ).astype(np.int8)
