"""The HTTP door's judgement: the bytes of one request as activity for the log and an answer for each event.

Conservation: received = forwarded + told + dead-lettered. A sender that reads answers is told what is
refused; the Segment SDKs do not read them, so what they sent is set aside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from uuid import uuid4

import msgspec

from banso_common.clock import Clock
from banso_common.contracts.account_activity import HEARTBEAT, ActivityKind
from banso_common.contracts.dead_letter import DeadLetter
from banso_common.contracts.topics import partition_of
from banso_common.errors import Refused, TooLarge
from banso_common.telemetry import metrics
from banso_ingest.columns import Judged
from banso_ingest.domain.canonical import Arrival, canonical
from banso_ingest.domain.draft import Draft
from banso_ingest.domain.limits import Rules
from banso_ingest.domain.refusal import RefusalCode, refusal
from banso_ingest.formats import detect
from banso_ingest.formats.incoming import MARK, context_decoder, decode_json, incoming_decoder, read_json
from banso_ingest.formats.segment import Inherited
from banso_ingest.intake import Intake
from banso_ingest.outlet import Outlet

EVENTS_MAX = 5_000
Verdict = str | Refused
"""An accepted event's id, or why it was refused."""


class SegmentBatch(msgspec.Struct):
    """The body of a Segment batch; `integrations` names other vendors and is not read."""

    batch: list[msgspec.Raw]
    context: msgspec.Raw = msgspec.Raw(b"null")
    sentAt: str | int | None = None


_many_decoder = msgspec.json.Decoder(list[msgspec.Raw])
_batch_decoder = msgspec.json.Decoder(SegmentBatch)


class Door:
    """Judges requests; `outlet` is opened by the first that comes, and is not closed here."""

    def __init__(self, outlet: Outlet, clock: Clock, rules: Rules) -> None:
        self._outlet = outlet
        self._clock = clock
        self._rules = rules
        self._intake = Intake(outlet)

    async def close(self) -> None:
        """Take nothing new, and finish what was taken."""
        await self._intake.close()

    async def take(self, events: Sequence[bytes], read: Callable[[bytes], Draft]) -> list[Verdict]:
        """Judge events whose sender reads answers; gives a verdict each, after the log has what is accepted.

        Raises Full, Unavailable.
        """
        to = await self._outlet.open()
        now, place = self._clock.now(), f"http/v1/events/{uuid4().hex}"
        judged, verdicts = Judged(), list[Verdict]()
        for index, event in enumerate(events):
            try:
                activity = canonical(read(event), Arrival(now, place, index, now), self._rules)
            except Refused as refused:
                verdicts.append(refused)
            else:
                judged.accept(activity, to.activity)
                verdicts.append(activity.id)
        await self._intake.write(judged)
        _count(judged, Counter(verdict.code for verdict in verdicts if isinstance(verdict, Refused)))
        return verdicts

    async def take_segment(self, path: str, body: bytes) -> None:
        """Judge the calls of a request on a Segment path, `track` or `batch` and so on; set aside what is
        refused. Raises Refused when the body as a whole cannot be read; Full, Unavailable."""
        to = await self._outlet.open()
        now, place = self._clock.now(), f"http/v1/{path}/{uuid4().hex}"
        calls, call, context, sent_at = _calls(path, body)
        inherited = Inherited(call, None if context is None else decode_json(context_decoder, context), sent_at)
        headers = detect.segment_headers(call, context, sent_at, now)
        judged, codes = Judged(), Counter[str]()
        for index, one in enumerate(calls):
            arrival = Arrival(now, place, index, now)
            try:
                draft = detect.draft_of(read_json(incoming_decoder, one), inherited)
                judged.accept(canonical(draft, arrival, self._rules), to.activity)
            except Refused as refused:
                codes[refused.code] += 1
                letter = DeadLetter(None, one, headers, refused.code, refused.reason, arrival.origin, now)
                judged.put_aside(letter, partition_of(place, to.dead_letters))
        await self._intake.write(judged)
        _count(judged, codes)


def read_event(event: bytes) -> Draft:
    """One event in a JSON form. Raises Refused."""
    return detect.draft_of(read_json(incoming_decoder, event))


class Heartbeat(msgspec.Struct, forbid_unknown_fields=True):
    """That a source is alive."""

    source: str
    at: str | int | None = None


_heartbeat_decoder = msgspec.json.Decoder(Heartbeat)


def read_heartbeat(body: bytes) -> Draft:
    """A heartbeat as it is sent by HTTP. Raises Refused."""
    said = read_json(_heartbeat_decoder, body)
    return Draft(ActivityKind.HEARTBEAT, None, said.source, None, None, HEARTBEAT, said.at, None, None)


def events_in(body: bytes, *, lines: bool) -> list[bytes]:
    """The events of a body: one object, an array of them, or with `lines` an object a line.

    Raises Refused when an array is none, or is empty; TooLarge for more than EVENTS_MAX.
    """
    if lines:
        events = [line for line in body.splitlines() if line.strip()]
    elif body.removeprefix(MARK).lstrip(b" \t\r\n")[:1] == b"[":
        events = [bytes(raw) for raw in decode_json(_many_decoder, body)]
    else:
        events = [body]
    return _bounded(events)


def _calls(path: str, body: bytes) -> tuple[list[bytes], str, bytes | None, str | int | None]:
    """The calls of a Segment request, and what it says for all of them: its call, context and sentAt."""
    if path != "batch":
        return [body], path, None, None
    batch = decode_json(_batch_decoder, body)
    context = bytes(batch.context)
    return _bounded([bytes(raw) for raw in batch.batch]), "", None if context == b"null" else context, batch.sentAt


def _bounded(events: list[bytes]) -> list[bytes]:
    if not events:
        raise refusal(RefusalCode.NOT_JSON, "there is no event in the body")
    if len(events) > EVENTS_MAX:
        raise TooLarge(RefusalCode.TOO_LARGE, f"{len(events)} events; a request may have {EVENTS_MAX}")
    return events


def _count(judged: Judged, refused: Counter[str]) -> None:
    set_aside = len(judged.set_aside)
    metrics.ingest_events.labels("http", "received").inc(len(judged.accepted) + refused.total())
    metrics.ingest_events.labels("http", "forwarded").inc(len(judged.accepted))
    metrics.ingest_events.labels("http", "dead_lettered").inc(set_aside)
    metrics.ingest_events.labels("http", "told").inc(refused.total() - set_aside)
    for code, count in refused.items():
        metrics.ingest_refusals.labels(code).inc(count)
