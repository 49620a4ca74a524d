"""How much a play is believed to help, for choosing among plays: what was measured, drawn to what its author believes.

With the author's belief b (as sure as ±`DOUBT`) and a measured effect e with standard error s, both as normal:

    believed = (b / DOUBT² + e / s²) / (1 / DOUBT² + 1 / s²)

Little seen leaves the author's word, much seen replaces it. It is for ordering, not for saying that a play helps.
"""

from __future__ import annotations

DOUBT = 0.1


def believed(author: float, effect: float | None, error: float | None) -> float:
    """The believed uplift, at least 0: `effect` with its standard error, None when nothing was measured."""
    if effect is None or error is None or error <= 0:
        return max(author, 0.0)
    trust, seen = 1 / DOUBT**2, 1 / error**2
    return max((author * trust + effect * seen) / (trust + seen), 0.0)
