"""The last days' health as one line of text: a bar a day, the same in Slack, in a mail and on a terminal.

The scale is the score's own, 0 to 100, not that of the days at hand: a small change looks small.
"""

from __future__ import annotations

from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"
NO_SCORE = "·"
DAYS_SHOWN_MAX = 28
DAYS_SHOWN_MIN = 2


def sparkline(scores: Sequence[int]) -> str:
    """A character for each of the last days, oldest first; a score below 0 is none. Empty for fewer than two scores."""
    shown = scores[-DAYS_SHOWN_MAX:]
    if sum(score >= 0 for score in shown) < DAYS_SHOWN_MIN:
        return ""
    return "".join(NO_SCORE if score < 0 else BARS[min(score, 100) * (len(BARS) - 1) // 100] for score in shown)


def ends(scores: Sequence[int]) -> tuple[int, int] | None:
    """The first and the last score that `sparkline` shows; None where it shows nothing."""
    known = [score for score in scores[-DAYS_SHOWN_MAX:] if score >= 0]
    return (known[0], known[-1]) if len(known) >= DAYS_SHOWN_MIN else None
