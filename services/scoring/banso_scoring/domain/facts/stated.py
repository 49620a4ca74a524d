"""Every statement about accounts, kept beside the newest: what was said when, and when it became known.

Of the statements of one attribute that were made in the same quarter of an hour and became known in the same
quarter, the one with the larger (instant, identity) is kept. Days of all time zones begin at quarters, so no day of
either clock loses its last word; and a set that keeps maxima is the same in whatever order it was gathered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from banso_common.clock import DAY_MS, MINUTE_MS
from banso_common.contracts.account_activity import Scalar

QUARTER_MS = 15 * MINUTE_MS


class Stated(msgspec.Struct, array_like=True, frozen=True):
    """One statement: instants in ms since the epoch."""

    at: int
    identity: int
    known_at: int
    value: Scalar


Statements = dict[str, list[Stated]]
"""By attribute, by rising (at, identity, known_at)."""
Journalled = tuple[str, str, Stated]
"""Account, attribute, statement."""
_encoder = msgspec.msgpack.Encoder(order="deterministic")
_day_decoder = msgspec.msgpack.Decoder(Statements)
_journal_decoder = msgspec.msgpack.Decoder(list[Journalled])


def merge(into: Statements, name: str, some: Iterable[Stated]) -> None:
    """Add statements about the attribute `name`."""
    kept = {_quarters(one): one for one in into.get(name, ())}
    for one in some:
        before = kept.get(_quarters(one))
        if before is None or _order(before) < _order(one):
            kept[_quarters(one)] = one
    into[name] = sorted(kept.values(), key=_order)


def of_days(journalled: Iterable[Journalled]) -> dict[tuple[str, int], Statements]:
    """The statements by account and UTC day."""
    found: dict[tuple[str, int], dict[str, list[Stated]]] = {}
    for account, name, one in journalled:
        found.setdefault((account, one.at // DAY_MS), {}).setdefault(name, []).append(one)
    days: dict[tuple[str, int], Statements] = {}
    for key, by_name in found.items():
        day = days[key] = {}
        for name, some in by_name.items():
            merge(day, name, some)
    return days


def with_newest(
    statements: Mapping[str, Sequence[Stated]], newest: Mapping[str, tuple[Scalar, int, int]]
) -> Statements:
    """The statements and the newest of each attribute, (value, at, identity), which may be of before statements were
    kept: it then counts as known when it was made."""
    found: Statements = {name: list(some) for name, some in statements.items()}
    for name, (value, at, identity) in newest.items():
        if not any((one.at, one.identity) == (at, identity) for one in found.get(name, ())):
            merge(found, name, [Stated(at, identity, at, value)])
    return found


def encode_day(day: Statements) -> bytes:
    """Canonical bytes."""
    return _encoder.encode(day)


def decode_day(raw: bytes) -> Statements:
    """What `encode_day` wrote."""
    return _day_decoder.decode(raw)


def encode_journal(journalled: Sequence[Journalled]) -> bytes:
    """The statements of one batch."""
    return _encoder.encode(journalled)


def decode_journal(raw: bytes) -> list[Journalled]:
    """What `encode_journal` wrote."""
    return _journal_decoder.decode(raw)


def _quarters(one: Stated) -> tuple[int, int]:
    return one.at // QUARTER_MS, one.known_at // QUARTER_MS


def _order(one: Stated) -> tuple[int, int, int]:
    return one.at, one.identity, -one.known_at
