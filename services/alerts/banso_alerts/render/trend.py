"""The last days' health as a few numbers: read alike in Slack, in a mail and on a terminal, whatever the font.

Bars made of block characters are no alternative: in fonts for Japanese they are as wide as they are high, and a fall
from 72 to 33 looks like one grey block. Mail in HTML draws its own bars beside the numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

DAYS_SHOWN_MAX = 28
SCORES_SHOWN_MAX = 5
SCORES_SHOWN_MIN = 2


def shown_days(scores: Sequence[int]) -> list[int]:
    """The scores of the days that are spoken of, oldest first, those below 0 unknown; none when fewer than two are
    known."""
    days = list(scores[-DAYS_SHOWN_MAX:])
    return days if sum(score >= 0 for score in days) >= SCORES_SHOWN_MIN else []


def in_steps(scores: Sequence[int]) -> list[int]:
    """At most SCORES_SHOWN_MAX of the known scores, evenly apart, the first and the last among them."""
    known = [score for score in shown_days(scores) if score >= 0]
    steps = min(len(known), SCORES_SHOWN_MAX) - 1
    return [known[round(step * (len(known) - 1) / steps)] for step in range(steps + 1)] if steps > 0 else []
