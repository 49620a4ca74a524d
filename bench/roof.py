"""What rescoring cannot take less than: the logarithms and exponentials of the statistic of trouble, bare.

For each channel and each span of days that trouble may fill, every size of trouble takes a logarithm and an
exponential, and their mean another logarithm. Here numpy does as many of them and nothing else, on numbers that are in
the cache: no subtraction, no sum, nothing read from memory. Channels that nobody ever had any of are worked out once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from banso_scoring.domain.facts.panel import Floats
from banso_scoring.domain.struggle.trouble import SIZES, SPANS
from banso_scoring.domain.struggle.usual import Cohort
from banso_scoring.domain.success_model import SuccessModel


def channels_told_apart(model: SuccessModel, cohort: Cohort) -> int:
    """How many channels are worked out."""
    seen = [bool(cohort.seen[channel.series]) for channel in model.roles.channels]
    return sum(seen) + (not all(seen))


def logarithms(channels: int) -> int:
    """How many of an account, of so many channels."""
    return len(SPANS) * channels * (len(SIZES) + 1)


def exponentials(channels: int) -> int:
    """Likewise."""
    return len(SPANS) * channels * len(SIZES)


def bare(accounts: Sequence[int], channels: int) -> Floats:
    """Take as many as the accounts of one block need; gives the last of them."""
    numbers = np.linspace(0.5, 4.0, len(accounts))
    found = np.empty_like(numbers)
    for _ in range(logarithms(channels)):
        np.log(numbers, out=found)
    for _ in range(exponentials(channels)):
        np.exp(numbers, out=found)
    return found
