"""The paths of the Segment SDKs: taken as the SDKs send them, and what is refused is set aside."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path

import httpx
import pytest

from banso_common.clock import MINUTE_MS, ManualClock
from banso_common.contracts.account_activity import ActivityKind
from banso_common.http.keys import KeyRing, Scope
from banso_common.log.port import Log
from banso_ingest.handler import IngestHandler
from banso_ingest.outlet import Outlet
from banso_ingest.settings import IngestSettings
from tests.ingest.given import GROUP, NOW, RULES, TRACK, without
from tests.ingest.logs import activities, batch_of, dead_letters


@pytest.mark.parametrize("call", ["track", "identify", "group", "page", "screen"])
async def test_each_segment_path_takes_its_call_with_or_without_its_type(
    client: httpx.AsyncClient, log: Log, call: str
) -> None:
    event = GROUP if call == "group" else TRACK
    assert (await client.post(f"/v1/{call}", json=event | {"type": call})).json() == {"success": True}
    assert (await client.post(f"/v1/{call}", json=without(event, "type"))).json() == {"success": True}
    kinds = {"identify": ActivityKind.USER, "group": ActivityKind.ACCOUNT}
    assert [stored.kind for stored in await activities(log)] == [kinds.get(call, ActivityKind.USAGE)] * 2


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/batch/", "/batch", "/batch/"])
async def test_a_segment_batch_is_taken_as_the_sdks_send_it(
    client: httpx.AsyncClient, log: Log, path: str, tmp_path: Path
) -> None:
    write_key = KeyRing(tmp_path / "keys.json").create("sdk", [Scope.EVENTS_WRITE])
    batch = {
        "batch": [
            without(TRACK, "context") | {"timestamp": NOW - 61 * MINUTE_MS},
            GROUP,
            TRACK | {"type": "alias"},
            without(TRACK, "event"),
        ],
        "context": {"groupId": "acme"},
        "integrations": {"Salesforce": True},
        "sentAt": NOW - 60 * MINUTE_MS,
        "writeKey": "ignored",
    }
    answer = await client.post(
        path,
        content=gzip.compress(json.dumps(batch).encode()),
        headers={
            "Authorization": "Basic " + base64.b64encode(f"{write_key}:".encode()).decode(),
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert {(stored.id, stored.account, stored.occurred_at) for stored in await activities(log)} == {
        ("m-1", "acme", NOW - MINUTE_MS),
        ("m-2", "acme", NOW),
    }
    assert [letter.code for letter in await dead_letters(log)] == ["unsupported-call", "missing-name"]


async def test_a_segment_call_set_aside_is_read_by_a_replay_as_it_was_read_first(
    client: httpx.AsyncClient, log: Log, ingest_clock: ManualClock
) -> None:
    call = without(TRACK, "context", "type", "messageId") | {"timestamp": NOW - 61 * MINUTE_MS}
    said = call | {"type": "track"}
    batch = {"batch": [said], "context": {"groupId": "a\nb"}, "sentAt": NOW - 60 * MINUTE_MS}
    assert (await client.post("/v1/batch", json=batch)).status_code == 200
    (letter,) = await dead_letters(log)
    assert letter.code == "bad-account"
    assert letter.origin.startswith("http/v1/batch/")
    assert json.loads(letter.value) == said
    mended = tuple((name, raw.replace(b"\\n", b"")) for name, raw in letter.headers)
    outlet = Outlet(log)
    handler = IngestHandler(outlet, ingest_clock, RULES, IngestSettings().breaker)
    await handler.assigned([0])
    await handler.commit(handler.prepare([batch_of([letter.value], headers=mended)]))
    await outlet.close()
    (stored,) = await activities(log)
    assert (stored.account, stored.occurred_at) == ("ab", NOW - MINUTE_MS)


async def test_a_segment_body_that_cannot_be_read_as_a_whole_is_refused(client: httpx.AsyncClient) -> None:
    for content in (b"{", b"[]", b'{"batch": {}}', b'{"batch": []}', b'{"batch": [{}], "context": 5}'):
        answer = await client.post("/v1/batch", content=content, headers={"Content-Type": "text/plain"})
        assert answer.status_code == 400
