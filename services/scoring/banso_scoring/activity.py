"""Records of account-activity as columns: decoded a thousand at a time, since a call costs more than an event.

Only the fields that scoring folds are read; what a person said of an account is read whole, since it is rare.
A record that cannot be read is set aside with its offset; ingest writes none, but nothing is skipped silently.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, compress
from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from banso_common.contracts.account_activity import VERSION, ActivityKind, Scalar, activity_decoder
from banso_common.contracts.codec import decode
from banso_common.errors import Refused
from banso_common.log.port import Batch
from banso_scoring.domain.facts import profile

AT_ONCE = 1_000
AT_MAX = 64_000_000_000_000
"""Past the year 3900: an instant beyond has no day in a calendar's reach."""
ACCOUNT_LENGTH_MAX = SAID_LENGTH_MAX = 256
NUL, ESCAPE = b"\\u0000", b"\\"
"""As JSON writes it. PostgreSQL's text cannot hold it. To look for the one byte first costs a tenth."""

Ints = NDArray[np.int64]


Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Instant = Annotated[int, msgspec.Meta(ge=-AT_MAX, le=AT_MAX)]
Source = Annotated[str, msgspec.Meta(max_length=ACCOUNT_LENGTH_MAX)]
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
    source: Source = ""


class Unreadable(msgspec.Struct, frozen=True):
    """A record that is no activity of a version that this code knows."""

    offset: int
    reason: str
    value: bytes


class _Described(msgspec.Struct, gc=False):
    properties: dict[str, Scalar] = {}


_many = msgspec.json.Decoder(list[Folded])
_described = msgspec.json.Decoder(_Described)
_one = msgspec.json.Decoder(Folded)


@dataclass(frozen=True, slots=True)
class Activities:
    """Activities of one batch as columns of equal length, in order: read off while what was decoded is in the cache."""

    accounts: list[str]
    names: list[str]
    sources: list[str]
    usage: NDArray[np.bool_]
    """Whether something was done; else something is said of an account or a user."""
    identity: Ints
    occurred_at: Ints
    received_at: Ints
    value: Ints
    user_key: Ints

    def __len__(self) -> int:
        return len(self.accounts)

    @classmethod
    def of(cls, chunks: Sequence[Activities]) -> Activities:
        """One after the other."""
        numbers = {name: np.concatenate([_NONE, *(getattr(chunk, name) for chunk in chunks)]) for name in _NUMBERS}
        return cls(
            list(chain.from_iterable(chunk.accounts for chunk in chunks)),
            list(chain.from_iterable(chunk.names for chunk in chunks)),
            list(chain.from_iterable(chunk.sources for chunk in chunks)),
            np.concatenate([_NONE.astype(np.bool_), *(chunk.usage for chunk in chunks)]),
            **numbers,
        )

    def take(self, mask: NDArray[np.bool_]) -> Activities:
        """Those where `mask` holds."""
        if mask.all():
            return self
        return Activities(
            list(compress(self.accounts, mask.tolist())),
            list(compress(self.names, mask.tolist())),
            list(compress(self.sources, mask.tolist())),
            self.usage[mask],
            **{name: getattr(self, name)[mask] for name in _NUMBERS},
        )


_NUMBERS = ("identity", "occurred_at", "received_at", "value", "user_key")
_NONE = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Decoded:
    """One batch: its activities in order, what those of kind `account` say (by place), what was unreadable, and
    which places hold a heartbeat."""

    activities: Activities
    said: dict[int, dict[str, Scalar]]
    unreadable: list[Unreadable]
    values: Sequence[bytes]
    """The records that were read, one for each activity."""
    beats: list[int]


def decode_batch(batch: Batch) -> Decoded:
    """All records of a batch."""
    values = batch.values
    chunks: list[Activities] = []
    said: dict[int, dict[str, Scalar]] = {}
    beats: list[int] = []
    for begin in range(0, len(values), AT_ONCE):
        part = values[begin : begin + AT_ONCE]
        joined = b"[" + b",".join(part) + b"]"
        try:
            found = _many.decode(joined)
            if len(found) != len(part) or (ESCAPE in joined and NUL in joined) or {e.v for e in found} != {VERSION}:
                return _one_by_one(batch)
            chunks.append(_columns(found))
            if not chunks[-1].usage.all():
                accounts = [begin + i for i, event in enumerate(found) if event.kind is ActivityKind.ACCOUNT]
                said |= {i: statement_of(values[i]) for i in accounts}
                beats += [begin + i for i, event in enumerate(found) if event.kind is ActivityKind.HEARTBEAT]
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, Refused):
            return _one_by_one(batch)
    return Decoded(Activities.of(chunks), said, [], values, beats)


def _columns(events: Sequence[Folded]) -> Activities:
    usage = ActivityKind.USAGE  # to look a member up costs more than to compare with it
    return Activities(
        [event.account for event in events],
        [event.name for event in events],
        [event.source for event in events],
        np.array([event.kind is usage for event in events], np.bool_),
        identity=np.array([event.identity for event in events], np.int64),
        occurred_at=np.array([event.occurred_at for event in events], np.int64),
        received_at=np.array([event.received_at for event in events], np.int64),
        value=np.array([event.value for event in events], np.int64),
        user_key=np.array([event.user_key for event in events], np.int64),
    )


def _one_by_one(batch: Batch) -> Decoded:
    """The slow way, which finds the records that are to blame."""
    events: list[Folded] = []
    values: list[bytes] = []
    all_said: dict[int, dict[str, Scalar]] = {}
    unreadable: list[Unreadable] = []
    for offset, value in zip(batch.offsets, batch.values, strict=True):
        try:
            event = decode(_one, value)
            if event.v != VERSION:
                raise Refused("version", f"version {event.v} is not known here, only {VERSION}")
            if "\0" in event.account or "\0" in event.name or "\0" in event.source:
                raise Refused("unreadable", "a name holds NUL")
            said = statement_of(value) if event.kind is ActivityKind.ACCOUNT else None
        except Refused as fault:
            unreadable.append(Unreadable(offset, str(fault).replace("\0", "\\0"), value))
            continue
        if said is not None:
            all_said[len(events)] = said
        events.append(event)
        values.append(value)
    beats = [place for place, event in enumerate(events) if event.kind is ActivityKind.HEARTBEAT]
    return Decoded(_columns(events), all_said, unreadable, values, beats)


def properties_of(value: bytes) -> dict[str, Scalar]:
    """What a record says beside its columns; nothing where that cannot be read."""
    try:
        return _described.decode(value).properties
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}


def statement_of(value: bytes) -> dict[str, Scalar]:
    """What an activity of kind `account` says: its properties. Raises Refused for what no store can hold."""
    said = decode(activity_decoder, value).properties
    for name, one in said.items():
        if isinstance(one, str) and ("\0" in one or (len(one) > SAID_LENGTH_MAX and name in profile.FIELDS)):
            raise Refused("unreadable", f"`{name}` is too long or holds NUL")
        if isinstance(one, int) and not -(2**63) <= one < 2**63:
            raise Refused("unreadable", f"`{name}` is beyond 64 bits")
    return said
