"""The signatures of a batch's trouble: beside each event that the model calls friction a fact of its signature.

Only these few records are read a second time, for their properties.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from banso_scoring.activity import properties_of
from banso_scoring.domain.facts.fact_columns import EventColumns
from banso_scoring.domain.incident.signature import Signature, signed
from banso_scoring.domain.incident.signature_days import is_watched
from banso_scoring.domain.success_model import SuccessModel

Ints = NDArray[np.int64]


def with_signatures(
    model: SuccessModel, events: EventColumns, names: list[str], records: tuple[Sequence[bytes], Ints]
) -> tuple[EventColumns, list[str]]:
    """`events` and their `names`, with one event more for each that says its feature or version, under the name of
    its signature. `records` are values and, for each event, the place of its own among them."""
    values, places = records
    troubles = [number for number, name in enumerate(names) if is_watched(model, name)]
    if not model.incidents.enabled or not troubles:
        return events, names
    signatures: dict[Signature, int] = {}
    picks: list[int] = []
    made: list[int] = []
    for pick in np.flatnonzero(np.isin(events.name, troubles)).tolist():
        event = names[events.name[pick]]
        found = signed(event, properties_of(values[places[pick]]), model.incidents.properties)
        if found.feature or found.version:
            picks.append(pick)
            made.append(signatures.setdefault(found, len(names) + len(signatures)))
    if not picks:
        return events, names
    nothing = np.zeros(len(picks), np.int64)

    def more(column: Ints, added: Ints) -> Ints:
        return np.concatenate([column, added])

    return EventColumns(
        account=more(events.account, events.account[picks]),
        day=more(events.day, events.day[picks]),
        known_day=more(events.known_day, events.known_day[picks]),
        name=more(events.name, np.array(made, np.int64)),
        weight=more(events.weight, nothing + 1),
        high=more(events.high, nothing),
        low=more(events.low, nothing),
        user=more(events.user, nothing),
    ), [*names, *(one.name for one in signatures)]
