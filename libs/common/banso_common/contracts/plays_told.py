"""The plays that come with a success model, as told on account-signals: ahead of the first signal that names them.

A version of plays is named by its content, so that one name never means two things. In every partition what a writer
says of a version stands before that writer's first signal of it; it is said again after every start and every day, so
that a reader who begins anew finds it. `since_at` is when these plays last began to count: the newest are in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Literal

import msgspec

from banso_common.contracts.codec import decode

VERSION = 1
SECTIONS = ("plays", "capacity")
"""What of a success model file is for alerts: what follows from a signal, and how much work people have time for."""
DIGITS = 12


class PlaysTold(msgspec.Struct, frozen=True, kw_only=True):
    """One version of plays. `text` is JSON: the sections of the file as they were written, those that are there."""

    v: int
    kind: Literal["plays"]
    version: str
    since_at: int
    text: str


class _Peek(msgspec.Struct):
    kind: str = ""


plays_decoder = msgspec.json.Decoder(PlaysTold)
_peek = msgspec.json.Decoder(_Peek)


def are_plays(value: bytes) -> bool:
    """Whether a record of account-signals tells of plays, and not of a signal. Raises Refused for what is neither."""
    return decode(_peek, value).kind == "plays"


def written(values: Mapping[str, Any]) -> str:
    """What a success model file (or a plays file) says for alerts, as JSON: the same content, the same text."""
    said = {name: _plain(values[name]) for name in SECTIONS if values.get(name) is not None}
    return msgspec.json.encode(said, order="sorted").decode()


def version_of(text: str) -> str:
    """The name of what `written` gave."""
    return sha256(text.encode()).hexdigest()[:DIGITS]


def _plain(value: Any) -> Any:
    """Keys as texts: YAML also knows others, and JSON does not."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value
