"""The HTTP door: `POST /v1/events` for CloudEvents and the plain form, and the paths of the Segment SDKs.

Every answer is given after the log has the events. 503 with Retry-After means that nothing is known to be
stored, and that sending the same again is right.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import unquote

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from banso_common.errors import Refused
from banso_common.http.auth import require
from banso_common.http.keys import Scope
from banso_common.http.problem import MEDIA_TYPE, Problem, ProblemDetails
from banso_ingest.body import Room, body_of
from banso_ingest.domain.refusal import RefusalCode, refusal
from banso_ingest.door import Door, Verdict, events_in, read_event, read_heartbeat
from banso_ingest.formats import cloudevents
from banso_ingest.formats.detect import CE_BATCH_TYPE
from banso_ingest.formats.segment import Call

CE_TYPE = "application/cloudevents+json"
LINES_TYPES = frozenset({"application/x-ndjson", "application/jsonl", "application/x-jsonlines"})
EVENT_TYPES = frozenset({"", "application/json", CE_TYPE, CE_BATCH_TYPE, *LINES_TYPES})
SEGMENT_TYPES = frozenset({"", "application/json", "text/plain", "application/x-www-form-urlencoded"})
"""SDKs name odd types: one sends JSON packed by gzip as form-urlencoded."""
CE_HEADER = "ce-"


class EventResult(BaseModel):
    """What became of one event: its id when it was accepted, a code and a reason when it was refused."""

    index: int = Field(description="Its place in the request, from 0.")
    status: Literal["accepted", "refused"]
    id: str | None = None
    code: RefusalCode | None = None
    reason: str | None = None


class EventsAnswer(BaseModel):
    """What became of a request's events, in their order."""

    accepted: int
    refused: int
    results: list[EventResult]


class RefusedEvents(ProblemDetails, EventsAnswer):
    """A problem that says for each event why it was refused."""


class SegmentAnswer(BaseModel):
    """What the Segment SDKs expect. A refused call is among the dead letters, not here."""

    success: bool = True


_PLAIN_EXAMPLE = {
    "account": "acme",
    "name": "report.created",
    "user": "mika",
    "at": "2026-11-21T09:00:00Z",
    "value": 12.5,
    "properties": {"format": "pdf"},
}
_CE_EXAMPLE = {
    "specversion": "1.0",
    "id": "0191f3a2",
    "source": "https://app.example/backend",
    "type": "report.created",
    "time": "2026-11-21T09:00:00Z",
    "account": "acme",
    "user": "mika",
    "data": {"value": 12.5, "format": "pdf"},
}
_TRACK_EXAMPLE = {
    "type": "track",
    "messageId": "ajs-1",
    "event": "Report Created",
    "userId": "mika",
    "context": {"groupId": "acme"},
}


_HEARTBEAT_EXAMPLE = {"source": "app", "at": "2026-11-21T09:00:00Z"}


def _request_body(*examples: tuple[str, str, object]) -> dict[str, object]:
    content = {
        media: {"schema": {"type": "object"}, "examples": {name: {"value": value}}} for media, name, value in examples
    }
    return {"requestBody": {"required": True, "content": content}}


_PROBLEMS: dict[int | str, dict[str, object]] = {
    status: {"model": ProblemDetails, "description": description}
    for status, description in {
        401: "No key, or an unknown one",
        403: "The key lacks `events:write`",
        413: "Over a limit",
        415: "Another media type or packing",
        503: "Full, or the log is away: try again after `Retry-After` seconds",
    }.items()
}
_writer_only = Depends(require(Scope.EVENTS_WRITE))


def make_router(door: Door, room: Room) -> APIRouter:
    """The routes of ingest."""
    router = APIRouter(tags=["events"], dependencies=[_writer_only])

    @router.post(
        "/v1/events",
        summary="Send usage events",
        status_code=202,
        response_model=EventsAnswer,
        responses={
            207: {"model": EventsAnswer, "description": "Some events were refused"},
            400: {"model": RefusedEvents, "description": "All were refused, or the body cannot be read"},
            **_PROBLEMS,
        },
        openapi_extra=_request_body(
            ("application/json", "plain", _PLAIN_EXAMPLE),
            (CE_TYPE, "cloudevent", _CE_EXAMPLE),
            (CE_BATCH_TYPE, "batch", [_CE_EXAMPLE]),
        ),
    )
    async def send(request: Request) -> Response:
        """CloudEvents 1.0 (structured, batched or binary) or the plain form, one or an array of them, also one
        object a line as `application/x-ndjson`; gzip is understood. One answer for each event."""
        media = _media_type(request, EVENT_TYPES)
        attributes = _ce_attributes(request)
        async with body_of(request, room) as body:
            if attributes:
                return _answer(await door.take([body], lambda data: cloudevents.binary(attributes, data)))
            return _answer(await door.take(events_in(body, lines=media in LINES_TYPES), read_event))

    async def send_segment(request: Request) -> SegmentAnswer:
        """The Segment specification; the write key is the user of basic authentication. gzip is understood."""
        _media_type(request, SEGMENT_TYPES)
        path = request.url.path.rstrip("/").rpartition("/")[2]
        async with body_of(request, room) as body:
            await door.take_segment(path, body)
        return SegmentAnswer()

    _add_heartbeats(router, door, room)
    single = [f"/v1/{call}" for call in (*Call, "alias")]
    for path in (*single, "/v1/batch", "/v1/batch/", "/batch", "/batch/"):
        router.add_api_route(
            path,
            send_segment,
            methods=["POST"],
            include_in_schema=path.startswith("/v1/") and not path.endswith("/"),
            summary=f"Segment {path.strip('/').rpartition('/')[2]}",
            responses={400: {"model": ProblemDetails, "description": "The body cannot be read"}, **_PROBLEMS},
            openapi_extra=_request_body(
                ("application/json", "call", {"batch": [_TRACK_EXAMPLE]} if "batch" in path else _TRACK_EXAMPLE)
            ),
        )
    return router


def _add_heartbeats(router: APIRouter, door: Door, room: Room) -> None:
    @router.post(
        "/v1/heartbeats",
        summary="Say that a source of events is alive",
        status_code=202,
        response_model=EventsAnswer,
        responses={400: {"model": RefusedEvents, "description": "It cannot be read"}, **_PROBLEMS},
        openapi_extra=_request_body(("application/json", "heartbeat", _HEARTBEAT_EXAMPLE)),
    )
    async def send_heartbeat(request: Request) -> Response:
        """Send one regularly, and banso knows within three of them that the source is dead and not only quiet. An
        event named `banso.heartbeat`, in any form and without an account, says the same."""
        _media_type(request, frozenset({"", "application/json"}))
        async with body_of(request, room) as body:
            return _answer(await door.take([body], read_heartbeat))


def _media_type(request: Request, known: frozenset[str]) -> str:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in known:
        raise Problem(415, "unsupported-media-type", f"send one of {', '.join(sorted(known - {''}))}, not {media[:80]}")
    return media


def _ce_attributes(request: Request) -> dict[str, str]:
    """The attributes of a CloudEvent in binary mode, percent-decoded; {} when it is none. Raises Refused."""
    if CE_HEADER + "specversion" not in request.headers:
        return {}
    try:
        return {
            name.removeprefix(CE_HEADER): unquote(value, errors="strict")
            for name, value in request.headers.items()
            if name.startswith(CE_HEADER)
        }
    except UnicodeDecodeError:
        raise refusal(RefusalCode.NOT_UTF8, "a ce- header is not UTF-8 in percent-encoding") from None


def _answer(verdicts: list[Verdict]) -> Response:
    """202 when all were accepted, 207 when some were, else a problem: 413 when all were too large, or 400."""
    results = [_result(index, verdict) for index, verdict in enumerate(verdicts)]
    refused = [verdict for verdict in verdicts if isinstance(verdict, Refused)]
    accepted = len(verdicts) - len(refused)
    if accepted:
        body = EventsAnswer(accepted=accepted, refused=len(refused), results=results)
        return Response(body.model_dump_json(exclude_none=True), 207 if refused else 202, media_type="application/json")
    large = all(verdict.code == RefusalCode.TOO_LARGE for verdict in refused)
    problem = RefusedEvents(
        title="Too large" if large else "Bad request",
        status=413 if large else 400,
        code=refused[0].code,
        detail=refused[0].reason,
        accepted=0,
        refused=len(refused),
        results=results,
    )
    return Response(problem.model_dump_json(exclude_none=True), problem.status, media_type=MEDIA_TYPE)


def _result(index: int, verdict: Verdict) -> EventResult:
    if isinstance(verdict, Refused):
        return EventResult(index=index, status="refused", code=RefusalCode(verdict.code), reason=verdict.reason)
    return EventResult(index=index, status="accepted", id=verdict)
