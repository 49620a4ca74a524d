"""usage-events-dlq: what could not be read, exactly as it came, with the reason beside it.

Key, value and headers of the record are the original ones; what banso adds stands in further headers
whose names begin with `banso-`.
"""

from __future__ import annotations

from dataclasses import dataclass

Headers = tuple[tuple[str, bytes], ...]

PREFIX = "banso-"
INSTANT_DIGITS_MAX = 14


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """`origin` is `topic/partition/offset` or `http/<path>`; `code` one of ingest's closed refusal codes."""

    key: bytes | None
    value: bytes
    headers: Headers
    code: str
    reason: str
    origin: str
    received_at: int

    def all_headers(self) -> Headers:
        """The original headers, then banso's own. Headers that already carry the prefix are replaced."""
        kept = tuple(header for header in self.headers if not header[0].startswith(PREFIX))
        return (
            *kept,
            (PREFIX + "code", self.code.encode()),
            (PREFIX + "reason", self.reason.encode()),
            (PREFIX + "origin", self.origin.encode()),
            (PREFIX + "received-at", str(self.received_at).encode()),
        )

    @classmethod
    def read(cls, key: bytes | None, value: bytes, headers: Headers) -> DeadLetter:
        """The dead letter that a record of the topic holds; what is missing reads as `unknown` or 0."""
        own = {name: raw.decode(errors="replace") for name, raw in headers if name.startswith(PREFIX)}
        at = own.get(PREFIX + "received-at", "0")
        return cls(
            key=key,
            value=value,
            headers=tuple(header for header in headers if not header[0].startswith(PREFIX)),
            code=own.get(PREFIX + "code", "unknown"),
            reason=own.get(PREFIX + "reason", ""),
            origin=own.get(PREFIX + "origin", "unknown"),
            received_at=int(at) if at.isascii() and at.isdigit() and len(at) <= INSTANT_DIGITS_MAX else 0,
        )
