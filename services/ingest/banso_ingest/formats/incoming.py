"""The one decode of an event: a wide struct that holds the fields of all three JSON forms.

Decoding into it names the form and reads the event at once; a field that no form knows is skipped without
being built. Every way that bytes can be wrong becomes one Refused.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

from banso_common.errors import TooLarge
from banso_ingest.domain.draft import Name
from banso_ingest.domain.limits import EVENT_BYTES_MAX
from banso_ingest.domain.refusal import RefusalCode, refusal

T = TypeVar("T")

MARK = b"\xef\xbb\xbf"
"""A byte order mark. JSON has none, but some programs write one, and a reader may pass over it (RFC 8259, 8.1)."""
_BACKSLASH = b"\\"
_NUL = b"\\u0000"
_NUL_ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_REASON_LENGTH_MAX = 300


class Context(msgspec.Struct, gc=False):
    """What is read of a Segment call's `context`."""

    groupId: Name = None


class Incoming(msgspec.Struct, gc=False):
    """The fields of a CloudEvent, of a Segment call and of the plain form, side by side."""

    # CloudEvents 1.0, with the extension attributes `account` and `user`; and the plain form
    specversion: str | None = None
    id: Name = None
    source: str | None = None
    type: str | None = None
    account: Name = None
    user: Name = None
    time: str | None = None
    data: Any = None
    data_base64: str | None = None
    # the plain form
    name: str | None = None
    at: str | int | None = None
    value: int | float | None = None
    properties: dict[str, Any] | None = None
    attributes: dict[str, Any] | None = None
    # the Segment specification
    messageId: str | None = None
    event: str | None = None
    userId: Name = None
    groupId: Name = None
    category: str | None = None
    traits: dict[str, Any] | None = None
    context: Context | None = None
    timestamp: str | int | None = None
    sentAt: str | int | None = None
    receivedAt: str | int | None = None
    batch: Any = None


incoming_decoder = msgspec.json.Decoder(Incoming)
data_decoder = msgspec.json.Decoder(dict[str, Any])
context_decoder = msgspec.json.Decoder(Context)


def read_json(decoder: msgspec.json.Decoder[T], value: bytes) -> T:
    """One event, `value`, read by `decoder`. Raises Refused, TooLarge, whatever the bytes are.

    PostgreSQL stores no NUL character, so an escaped one is refused wherever it stands.
    """
    if len(value) > EVENT_BYTES_MAX:
        raise TooLarge(RefusalCode.TOO_LARGE, f"{len(value)} bytes; an event may have {EVENT_BYTES_MAX}")
    if _BACKSLASH in value and _NUL in value and _NUL_ESCAPE.search(value):
        raise refusal(RefusalCode.NUL_CHARACTER, "the event holds the character U+0000")
    return decode_json(decoder, value)


def decode_json(decoder: msgspec.json.Decoder[T], value: bytes) -> T:
    """The bytes of one event, or of a body of many, whose size was bounded before. Raises Refused."""
    try:
        return decoder.decode(value)
    except msgspec.ValidationError as fault:
        raise refusal(RefusalCode.WRONG_TYPE, str(fault)[:_REASON_LENGTH_MAX]) from None
    except msgspec.DecodeError as fault:
        if value.startswith(MARK) and not value.startswith(MARK, len(MARK)):
            return decode_json(decoder, value[len(MARK) :])
        raise refusal(RefusalCode.NOT_JSON, str(fault)[:_REASON_LENGTH_MAX]) from None
    except UnicodeDecodeError as fault:
        raise refusal(RefusalCode.NOT_UTF8, str(fault)[:_REASON_LENGTH_MAX]) from None
    except RecursionError:
        raise refusal(RefusalCode.TOO_DEEP, "the JSON is nested too deeply to be read") from None
