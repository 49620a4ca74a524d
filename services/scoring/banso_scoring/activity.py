"""Records of account-activity as columns: decoded a thousand at a time, since a call costs more than an event.

Only the fields that scoring folds are read; what a person said of an account is read whole, since it is rare.
A record that cannot be read is set aside with its offset; ingest writes none, but nothing is skipped silently.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from banso_common.contracts.account_activity import VERSION, ActivityKind, Scalar, activity_decoder
from banso_common.contracts.codec import decode
from banso_common.errors import Refused
from banso_common.log.port import Batch
from banso_scoring.domain import profile

AT_ONCE = 1_000
AT_MAX = 64_000_000_000_000
"""Past the year 3900: an instant beyond has no day in a calendar's reach."""
ACCOUNT_LENGTH_MAX = SAID_LENGTH_MAX = 256
NUL, ESCAPE = b"\\u0000", b"\\"
"""As JSON writes it. PostgreSQL's text cannot hold it. To look for the one byte first costs a tenth."""

Ints = NDArray[np.int64]


Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Instant = Annotated[int, msgspec.Meta(ge=-AT_MAX, le=AT_MAX)]
Account = Annotated[str, msgspec.Meta(min_length=1, max_length=ACCOUNT_LENGTH_MAX)]


class Folded(msgspec.Struct, gc=False):
    """The part of an activity that is folded into facts."""

    v: int
    kind: ActivityKind
    identity: Int64
    account: Account
    name: str
    occurred_at: Instant
    received_at: Instant
    user_key: Int64 = 0
    value: Int64 = 0


class Unreadable(msgspec.Struct, frozen=True):
    """A record that is no activity of a version that this code knows."""

    offset: int
    reason: str
    value: bytes


_many = msgspec.json.Decoder(list[Folded])
_one = msgspec.json.Decoder(Folded)


@dataclass(frozen=True, slots=True)
class Decoded:
    """One batch: its events in order, what some of them say (by place in `events`), what was unreadable."""

    events: list[Folded]
    said: dict[int, dict[str, Scalar]]
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
        joined = b"[" + b",".join(part) + b"]"
        try:
            found = _many.decode(joined)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return _one_by_one(batch)
        if len(found) != len(part) or (ESCAPE in joined and NUL in joined):
            return _one_by_one(batch)
        events += found
    if any(event.v != VERSION for event in events):
        return _one_by_one(batch)
    account = ActivityKind.ACCOUNT  # to look a member up costs more than to compare with it
    try:
        said = {i: statement_of(values[i]) for i, event in enumerate(events) if event.kind is account}
    except Refused:
        return _one_by_one(batch)
    return Decoded(events, said, [])


def _one_by_one(batch: Batch) -> Decoded:
    """The slow way, which finds the records that are to blame."""
    found = Decoded([], {}, [])
    for offset, value in zip(batch.offsets, batch.values, strict=True):
        try:
            event = decode(_one, value)
            if event.v != VERSION:
                raise Refused("version", f"version {event.v} is not known here, only {VERSION}")
            if "\0" in event.account or "\0" in event.name:
                raise Refused("unreadable", "a name holds NUL")
            said = statement_of(value) if event.kind is ActivityKind.ACCOUNT else None
        except Refused as fault:
            found.unreadable.append(Unreadable(offset, str(fault).replace("\0", "\\0"), value))
            continue
        if said is not None:
            found.said[len(found.events)] = said
        found.events.append(event)
    return found


def statement_of(value: bytes) -> dict[str, Scalar]:
    """What an activity of kind `account` says: its properties. Raises Refused for what no store can hold."""
    said = decode(activity_decoder, value).properties
    for name, one in said.items():
        if isinstance(one, str) and ("\0" in one or (len(one) > SAID_LENGTH_MAX and name in profile.FIELDS)):
            raise Refused("unreadable", f"`{name}` is too long or holds NUL")
        if isinstance(one, int) and not -(2**63) <= one < 2**63:
            raise Refused("unreadable", f"`{name}` is beyond 64 bits")
    return said
