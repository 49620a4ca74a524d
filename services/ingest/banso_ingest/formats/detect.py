"""Names the form of a record and reads it as a draft: one decode, whatever the form.

In this order: `ce_specversion` among the headers is CloudEvents in binary mode; a body with `specversion` is
a CloudEvent; one with `type`, or a record that came in by a Segment path, is a Segment call; all else is
the plain form.
"""

from __future__ import annotations

from banso_common.contracts.dead_letter import Headers
from banso_ingest.domain.draft import Draft
from banso_ingest.domain.refusal import RefusalCode, refusal
from banso_ingest.formats import cloudevents, plain, segment
from banso_ingest.formats.incoming import Incoming, context_decoder, incoming_decoder, read_json

CE_PREFIX = "ce_"
CE_BATCH_TYPE = "application/cloudevents-batch+json"
SEGMENT_CALL = "segment-call"
SEGMENT_CONTEXT = "segment-context"
SEGMENT_SENT_AT = "segment-sent-at"
SEGMENT_HEARD_AT = "segment-heard-at"
INSTANT_DIGITS_MAX = 16


def draft_of(event: Incoming, inherited: segment.Inherited = segment.NOTHING) -> Draft:
    """The draft of one decoded JSON event, whatever its form. Raises Refused."""
    if event.batch is not None:
        raise refusal(RefusalCode.BATCH_IN_RECORD, "a batch must be sent over HTTP; a record is one event")
    if event.specversion is not None:
        return cloudevents.structured(event)
    if event.type is not None or inherited.call is not None:
        return segment.draft_of(event, inherited)
    return plain.draft_of(event)


def read_record(value: bytes, headers: Headers) -> tuple[Draft, int | None]:
    """The draft of a record of the topic, and when its sender was heard if the headers say so. Raises Refused.

    The `segment-*` headers are what the HTTP door writes beside a Segment call that it sets aside, so that
    a replay reads it as it was first read.
    """
    if not headers:
        return draft_of(read_json(incoming_decoder, value)), None
    named = {name.lower(): raw for name, raw in headers}
    if CE_PREFIX + "specversion" in named:
        attributes = {
            name.removeprefix(CE_PREFIX): _text(raw) for name, raw in named.items() if name.startswith(CE_PREFIX)
        }
        return cloudevents.binary(attributes, value), None
    if named.get("content-type", b"").startswith(CE_BATCH_TYPE.encode()):
        raise refusal(RefusalCode.BATCH_IN_RECORD, "a batch must be sent over HTTP; a record is one event")
    event = read_json(incoming_decoder, value)
    if SEGMENT_CALL not in named:
        return draft_of(event), None
    heard_at = _instant(named, SEGMENT_HEARD_AT)
    return draft_of(event, _inherited(named)), heard_at if isinstance(heard_at, int) else None


def segment_headers(call: str, context: bytes | None, sent_at: str | int | None, heard_at: int) -> Headers:
    """What `read_record` needs besides the bytes of one Segment call to read it as the HTTP door did."""
    headers = [(SEGMENT_CALL, call.encode()), (SEGMENT_HEARD_AT, str(heard_at).encode())]
    if context is not None:
        headers.append((SEGMENT_CONTEXT, context))
    if sent_at is not None:
        headers.append((SEGMENT_SENT_AT, str(sent_at).encode()))
    return tuple(headers)


def _inherited(named: dict[str, bytes]) -> segment.Inherited:
    context = named.get(SEGMENT_CONTEXT)
    return segment.Inherited(
        call=_text(named[SEGMENT_CALL]),
        context=None if context is None else read_json(context_decoder, context),
        sent_at=_instant(named, SEGMENT_SENT_AT),
    )


def _instant(named: dict[str, bytes], header: str) -> str | int | None:
    written = _text(named.get(header, b""))
    return int(written) if written.isdecimal() and len(written) <= INSTANT_DIGITS_MAX else written or None


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise refusal(RefusalCode.NOT_UTF8, "a header is not UTF-8") from None
