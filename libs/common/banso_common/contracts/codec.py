"""Bytes to contracts and back: one msgspec pass, and every way that it can fail is one `Refused`."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import Any, TypeVar

import msgspec

from banso_common.errors import Refused

T = TypeVar("T")

_encoder = msgspec.json.Encoder(order="deterministic")


def encode(value: Any) -> bytes:
    """A contract as JSON bytes; equal values give equal bytes."""
    return _encoder.encode(value)


def decode(decoder: msgspec.json.Decoder[T], value: bytes, code: str = "unreadable") -> T:
    """`value` read by `decoder`. Raises Refused(`code`) for anything that does not fit, whatever the reason."""
    try:
        return decoder.decode(value)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        raise Refused(code, str(fault)[:500]) from None


def identity_of(first: str, *others: str) -> int:
    """A 63-bit identity of the parts, never 0: BLAKE2b (RFC 7693) over their lengths and UTF-8 bytes.

    Among n identities the expected number of colliding pairs is n² / 2⁶⁴: 0.0005 for a hundred million.
    """
    digest = _begun(first).copy()
    for part in others:
        _add(digest, part)
    return int.from_bytes(digest.digest(), "big") >> 1 or 1


@lru_cache(maxsize=8_192)
def _begun(first: str) -> blake2b:
    """The digest after its first part: the same sources and accounts come again and again."""
    digest = blake2b(digest_size=8)
    _add(digest, first)
    return digest


def _add(digest: blake2b, part: str) -> None:
    raw = part.encode()
    digest.update(len(raw).to_bytes(4, "big") + raw)
