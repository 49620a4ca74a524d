"""What an account met of each kind of trouble in the days that people are shown: who met it, which event, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from banso_scoring.domain.facts.day_facts import Cells
from banso_scoring.domain.success_model import SuccessModel


@dataclass(frozen=True, slots=True)
class Met:
    """One channel of one account."""

    users: int
    """How many different ones."""
    event: str | None
    """The event that was seen most; of equals the first by name. None when nothing was seen."""
    event_seen: int
    days: int
    """From the first to the last day on which any of it was seen, both counted."""


def met_of(model: SuccessModel, facts: Mapping[int, Cells], today: int, window_days: int) -> list[Met]:
    """By channel of the model; `facts` by day, of which the last `window_days` up to `today` count."""
    first = today - window_days + 1
    found = []
    for channel in model.roles.channels:
        events: dict[str, int] = {}
        users: set[int] = set()
        days: set[int] = set()
        for day, cells in facts.items():
            for (name, _), cell in cells.items():
                if first <= day <= today and channel.series in model.series_of[name] and cell.count > 0:
                    events[name] = events.get(name, 0) + cell.count
                    users |= cell.users
                    days.add(day)
        most = min(events, key=lambda name: (-events[name], name), default=None)
        span = max(days) - min(days) + 1 if days else 0
        found.append(Met(len(users), most, 0 if most is None else events[most], span))
    return found
