"""The bytes of a request: never more than the limits say, packed or not, for one request or for all together."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request
from starlette.requests import ClientDisconnect

from banso_common.errors import Full, TooLarge
from banso_common.http.problem import Problem
from banso_ingest.domain.refusal import RefusalCode
from banso_ingest.settings import BODY_BYTES_MAX

BODY_WAIT_S_MAX = 30.0
UNPACK_STEP_BYTES = 65_536
GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 31


class Room:
    """Bytes of requests that were taken in and not yet answered, over all requests: at most `bytes_max`."""

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self.taken = 0

    def take(self, size: int) -> None:
        """Raises Full, before memory grows."""
        if self.taken + size > self._bytes_max:
            raise Full(f"{self.taken} bytes of events are on their way to the log; try again in a moment")
        self.taken += size

    def give(self, size: int) -> None:
        self.taken -= size


class Share:
    """What one request has of the room."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self.taken = 0

    def take(self, size: int) -> None:
        self._room.take(size)
        self.taken += size

    def give_all(self) -> None:
        self._room.give(self.taken)
        self.taken = 0


@asynccontextmanager
async def body_of(request: Request, room: Room) -> AsyncIterator[bytes]:
    """The request's body, unpacked, for as long as the context lasts.

    Raises Full, TooLarge, and Problem: 400 for a broken packing, 408 for a sender that is too slow,
    415 for a packing other than gzip.
    """
    share = Share(room)
    try:
        packed = await _received(request, share)
        encoding = request.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in {"identity", "gzip", "x-gzip", ""}:
            raise Problem(415, "unsupported-encoding", f"send the body as it is or as gzip, not as {encoding[:40]}")
        if encoding.endswith("gzip") or packed.startswith(GZIP_MAGIC):
            yield _unpacked(packed, share)
        else:
            yield packed
    finally:
        share.give_all()


async def _received(request: Request, share: Share) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > BODY_BYTES_MAX:
        raise _too_large()
    chunks: list[bytes] = []
    try:
        async with asyncio.timeout(BODY_WAIT_S_MAX):
            async for chunk in request.stream():
                if share.taken + len(chunk) > BODY_BYTES_MAX:
                    raise _too_large()
                share.take(len(chunk))
                chunks.append(chunk)
    except TimeoutError:
        raise Problem(408, "too-slow", f"the body did not arrive within {BODY_WAIT_S_MAX:.0f} s") from None
    except ClientDisconnect:
        raise Problem(400, "incomplete", "the sender went away before the body was complete") from None
    return b"".join(chunks)


def _unpacked(packed: bytes, share: Share) -> bytes:
    """Step by step, so that a small body that unpacks into a huge one is stopped at the limit."""
    unpacker = zlib.decompressobj(wbits=_GZIP_WINDOW)
    parts: list[bytes] = []
    size, rest = 0, packed
    try:
        while not unpacker.eof:
            part = unpacker.decompress(rest, UNPACK_STEP_BYTES)
            rest = unpacker.unconsumed_tail
            size += len(part)
            if size > BODY_BYTES_MAX:
                raise _too_large()
            if not part and not rest:
                break
            share.take(len(part))
            parts.append(part)
    except zlib.error as fault:
        raise Problem(400, "bad-gzip", f"the body is no gzip: {fault}") from None
    if not unpacker.eof or unpacker.unused_data:
        raise Problem(400, "bad-gzip", "the body is not one whole gzip member")
    return b"".join(parts)


def _too_large() -> TooLarge:
    return TooLarge(RefusalCode.TOO_LARGE, f"a request may have {BODY_BYTES_MAX} bytes, unpacked; send several")
