"""Records of account-activity as columns: decoded a thousand at a time, since a call costs more than an event.

Only the fields that scoring folds are read; what a person said of an account is read whole, since it is rare.
A record that cannot be read is set aside with its offset; ingest writes none, but nothing is skipped silently.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from banso_common.contracts.account_activity import VERSION, ActivityKind, activity_decoder
from banso_common.contracts.codec import decode
from banso_common.errors import Refused
from banso_common.log.port import Batch

AT_ONCE = 1_000

Ints = NDArray[np.int64]


class Folded(msgspec.Struct, gc=False):
    """The part of an activity that is folded into facts."""

    v: int
    kind: ActivityKind
    identity: int
    account: str
    name: str
    occurred_at: int
    received_at: int
    user_key: int = 0
    value: int = 0


class Unreadable(msgspec.Struct, frozen=True):
    """A record that is no activity of a version that this code knows."""

    offset: int
    reason: str
    value: bytes


_many = msgspec.json.Decoder(list[Folded])
_one = msgspec.json.Decoder(Folded)


@dataclass(frozen=True, slots=True)
class Decoded:
    """One batch: its events in order, the positions in the batch that they came from, what was unreadable."""

    events: list[Folded]
    positions: Sequence[int]
    unreadable: list[Unreadable]

    def identities(self) -> Ints:
        """The identity of each event."""
        return np.array([event.identity for event in self.events], np.int64)


def decode_batch(batch: Batch) -> Decoded:
    """All records of a batch."""
    values = batch.values
    events: list[Folded] = []
    for begin in range(0, len(values), AT_ONCE):
        part = values[begin : begin + AT_ONCE]
        try:
            found = _many.decode(b"[" + b",".join(part) + b"]")
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return _one_by_one(batch)
        if len(found) != len(part):
            return _one_by_one(batch)
        events += found
    if any(event.v != VERSION for event in events):
        return _one_by_one(batch)
    return Decoded(events, range(len(events)), [])


def _one_by_one(batch: Batch) -> Decoded:
    """The slow way, which finds the records that are to blame."""
    events, positions, unreadable = [], [], []
    for position, value in enumerate(batch.values):
        try:
            event = decode(_one, value)
            if event.v != VERSION:
                raise Refused("version", f"version {event.v} is not known here, only {VERSION}")
        except Refused as fault:
            unreadable.append(Unreadable(batch.offsets[position], str(fault), value))
            continue
        events.append(event)
        positions.append(position)
    return Decoded(events, positions, unreadable)


def statement_of(value: bytes) -> dict[str, str | int | float | bool | None]:
    """What an activity of kind `account` says: its properties."""
    return decode(activity_decoder, value).properties
