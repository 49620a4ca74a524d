"""What a batch tells of the feeds: which were heard, and whose events came through which."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from banso_scoring.activity import Activities
from banso_scoring.domain.feeds.rhythm import Heard, beaten, heard
from banso_scoring.feeds import OTHER
from banso_scoring.portfolio import Portfolio

SOURCES_MAX = 128
"""Sources of one batch that are told apart."""

Ints = NDArray[np.int64]


def heard_of(events: Activities, is_contact: Callable[[str], bool]) -> dict[str, Heard]:
    """By source what usage events tell of it; `is_contact` says it of an event's name."""
    known: dict[str, Heard] = {}
    if not len(events):
        return known
    names, codes = numbered(events.sources)
    sent = _sent(events, names, codes)
    for code, name in enumerate(names):
        some = slice(None) if len(names) == 1 else codes == code
        if name:
            contacts = [is_contact(one) for one in sent[code]]
            found = heard(events.occurred_at[some], events.received_at[some])
            known[name] = found.of(tells=not all(contacts), contacts=any(contacts))
    return known


def with_beats(known: dict[str, Heard], found: Activities, beats: Sequence[int]) -> dict[str, Heard]:
    """`known` with the heartbeats that stand in `found` at the places `beats`."""
    beaten_at: dict[str, list[int]] = {}
    for place in beats:
        if found.sources[place] and len(beaten_at) < SOURCES_MAX:
            at = min(int(found.occurred_at[place]), int(found.received_at[place]))
            beaten_at.setdefault(found.sources[place], []).append(at)
    return known | {name: known[name].with_beats(at) if name in known else beaten(at) for name, at in beaten_at.items()}


def _sent(events: Activities, names: Sequence[str], codes: Ints) -> list[set[str]]:
    """By place in `names`, the names of the events that came from there."""
    if len(names) == 1:
        return [set(events.names)]
    sent: list[set[str]] = [set() for _ in names]
    for code, name in set(zip(codes.tolist(), events.names, strict=True)):
        sent[code].add(name)
    return sent


def numbered(sources: Sequence[str]) -> tuple[list[str], Ints]:
    """The distinct sources, those beyond SOURCES_MAX as one, and the place of each event's source among them."""
    distinct = set(sources)
    if len(distinct) == 1:
        return list(distinct), np.zeros(len(sources), np.int64)
    names = sorted(distinct)[:SOURCES_MAX]
    numbers = {name: number for number, name in enumerate(names)}
    if len(distinct) > SOURCES_MAX:
        names.append(OTHER)
    return names, np.array([numbers.get(source, SOURCES_MAX) for source in sources], np.int64)


def mark(portfolio: Portfolio, positions: Ints, sources: Sequence[str]) -> Ints:
    """Note in the masks of the accounts at `positions` which source each event came through; gives whose changed."""
    masks = portfolio.columns.feeds
    names, codes = numbered(sources)
    bits = np.array([1 << portfolio.feeds.number_of(name) if name else 0 for name in names], np.int64)[codes]
    new = np.flatnonzero(bits & ~masks[positions])
    np.bitwise_or.at(masks, positions[new], bits[new])
    return np.unique(positions[new])
