"""A past that was told at once, long after: on none of its days anything was known that a model could be tried on.

`as_it_happened` takes each fact and statement as known on the day of which it tells. What it shows is how a model
would have fared had everything come on time; corrections that came late count as if they had not.
"""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np

from banso_scoring.domain.past.past import History

LATE_DAYS = 7
"""What becomes known later than that is no news any more."""


def late_share(history: History) -> float:
    """The share of the facts that became known over LATE_DAYS after the day of which they tell."""
    facts = history.facts
    return float(np.mean(facts.known_day - facts.day > LATE_DAYS)) if len(facts) else 0.0


def as_it_happened(history: History) -> History:
    """The same facts and statements, each known on its own day."""
    facts = replace(history.facts, known_day=history.facts.day.copy())
    statements = {
        place: {name: [msgspec.structs.replace(one, known_at=one.at) for one in some] for name, some in said.items()}
        for place, said in history.statements.items()
    }
    return replace(history, facts=facts.taken(np.argsort(facts.known_day, kind="stable")), statements=statements)
