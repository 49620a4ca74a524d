"""Keyset cursors: opaque, and bound to the query that made them; a foreign one is refused, not misread."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from math import isfinite

from banso_common.errors import Refused

Key = str | int | float | None
CURSOR_CHARS_MAX = 2_048


def _binding(query: Mapping[str, object]) -> str:
    stable = json.dumps(sorted((k, str(v)) for k, v in query.items() if v is not None))
    return hashlib.sha256(stable.encode()).hexdigest()[:16]


def cursor_of(query: Mapping[str, object], last: Sequence[Key]) -> str:
    """The cursor that goes on after a row with the sort keys `last`, for this `query` (filters and order)."""
    text = json.dumps([_binding(query), *last])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def keys_of(query: Mapping[str, object], cursor: str, count: int) -> list[Key]:
    """The `count` sort keys in `cursor`. Raises Refused when it is not one that this query made."""
    foreign = Refused("foreign-cursor", "this cursor is not one that this query gave; start again without it")
    if len(cursor) > CURSOR_CHARS_MAX:
        raise foreign
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        raise foreign from None
    if not isinstance(parts, list) or len(parts) != count + 1 or parts[0] != _binding(query):
        raise foreign
    if not all(_is_key(part) for part in parts[1:]):
        raise foreign
    return parts[1:]


def _is_key(part: object) -> bool:
    """Whether a row can have this sort key: a database knows no NUL, no NaN and no number beyond 64 bits."""
    match part:
        case str():
            return "\0" not in part
        case int():
            return -(2**63) <= part < 2**63
        case float():
            return isfinite(part)
        case _:
            return part is None
