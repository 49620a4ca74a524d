"""The HTTP door: what it takes, what it answers, and that it answers only after the log has the events."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY

from banso_common.errors import Full, Unavailable
from banso_common.http.keys import KeyRing, Scope
from banso_common.log.port import Log
from banso_ingest import body
from banso_ingest.domain.limits import EVENT_BYTES_MAX
from banso_ingest.door import EVENTS_MAX
from banso_ingest.settings import BODY_BYTES_MAX
from tests.ingest.gate import Gate
from tests.ingest.given import CLOUDEVENT, NOW, PLAIN, TRACK, without
from tests.ingest.logs import activities, dead_letters

LINES = {"Content-Type": "application/x-ndjson"}
CE = {"Content-Type": "application/cloudevents+json"}
CE_BATCH = {"Content-Type": "application/cloudevents-batch+json; charset=utf-8"}


def counted(result: str) -> float:
    return REGISTRY.get_sample_value("banso_ingest_events_total", {"door": "http", "result": result}) or 0.0


async def test_a_plain_event_is_accepted_and_stands_in_the_log(client: httpx.AsyncClient, log: Log) -> None:
    answer = await client.post("/v1/events", json=PLAIN)
    assert answer.status_code == 202
    assert answer.json() == {
        "accepted": 1,
        "refused": 0,
        "results": [{"index": 0, "status": "accepted", "id": "p-1"}],
    }
    (stored,) = await activities(log)
    assert (stored.account, stored.name, stored.received_at) == ("acme", "report.created", NOW)


@pytest.mark.parametrize(
    ("content", "headers", "ids"),
    [
        (json.dumps([PLAIN, PLAIN | {"id": "p-2"}]), {"Content-Type": "application/json"}, ["p-1", "p-2"]),
        (f"{json.dumps(PLAIN)}\n\n{json.dumps(CLOUDEVENT)}\r\n", LINES, ["p-1", "e-1"]),
        (json.dumps(CLOUDEVENT), CE, ["e-1"]),
        ("\ufeff" + json.dumps(PLAIN), {"Content-Type": "application/json"}, ["p-1"]),
        ("\ufeff" + json.dumps([PLAIN, PLAIN | {"id": "p-2"}]), {"Content-Type": "application/json"}, ["p-1", "p-2"]),
        (f"\ufeff{json.dumps(PLAIN)}\n{json.dumps(CLOUDEVENT)}", LINES, ["p-1", "e-1"]),
        (json.dumps([CLOUDEVENT, CLOUDEVENT | {"id": "e-2"}]), CE_BATCH, ["e-1", "e-2"]),
    ],
)
async def test_one_or_many_events_are_taken_in_any_form(
    client: httpx.AsyncClient, log: Log, content: str, headers: dict[str, str], ids: list[str]
) -> None:
    answer = await client.post("/v1/events", content=content, headers=headers)
    assert answer.status_code == 202
    assert [result["id"] for result in answer.json()["results"]] == ids
    assert sorted(stored.id for stored in await activities(log)) == sorted(ids)


async def test_a_cloudevent_in_binary_mode_has_its_attributes_in_percent_encoded_headers(
    client: httpx.AsyncClient, log: Log
) -> None:
    headers = {f"ce-{name}": CLOUDEVENT[name] for name in ("specversion", "id", "source", "type", "time")}
    headers |= {"ce-account": "%E4%BC%B4%E8%B5%B0", "Content-Type": "application/json"}
    answer = await client.post("/v1/events", content=b'{"value": 2}', headers=headers)
    assert answer.status_code == 202
    (stored,) = await activities(log)
    assert (stored.account, stored.value) == ("伴走", 2_000_000)
    bad = await client.post("/v1/events", content=b"{}", headers=headers | {"ce-account": "%FF"})
    assert (bad.status_code, bad.json()["code"]) == (400, "not-utf8")


async def test_each_event_has_its_own_answer(client: httpx.AsyncClient, log: Log) -> None:
    answer = await client.post("/v1/events", json=[PLAIN, without(PLAIN, "account"), {"account": 1.5}, PLAIN])
    assert answer.status_code == 207
    assert (answer.json()["accepted"], answer.json()["refused"]) == (2, 2)
    codes = [result.get("code") for result in answer.json()["results"]]
    assert codes == [None, "missing-account", "wrong-type", None]
    assert len(await activities(log)) == 2
    assert await dead_letters(log) == []


async def test_when_all_are_refused_it_is_a_problem_that_says_why_for_each(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/events", json=[without(PLAIN, "account"), without(PLAIN, "name")])
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "missing-account"
    assert [result["code"] for result in answer.json()["results"]] == ["missing-account", "missing-name"]


async def test_events_without_id_and_instant_are_told_apart(client: httpx.AsyncClient, log: Log) -> None:
    event = without(PLAIN, "id", "at")
    for _ in range(2):
        assert (await client.post("/v1/events", json=[event, event])).status_code == 202
    assert len({stored.identity for stored in await activities(log)}) == 4


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b"{", {}, 400, "not-json"),
        (b"", {}, 400, "not-json"),
        (b"[]", {}, 400, "not-json"),
        (b"[{}", {}, 400, "not-json"),
        (b"\xff", {}, 400, "not-json"),
        (b" " * (BODY_BYTES_MAX + 1), {}, 413, "too-large"),
        (gzip.compress(b" " * (BODY_BYTES_MAX + 1), mtime=0), {"Content-Encoding": "gzip"}, 413, "too-large"),
        (b"[" + b"{}," * EVENTS_MAX + b"{}]", {}, 413, "too-large"),
        (b'{"account": "a", "name": "' + b"x" * EVENT_BYTES_MAX + b'"}', {}, 413, "too-large"),
        (b"{}", {"Content-Type": "text/csv"}, 415, "unsupported-media-type"),
        (b"{}", {"Content-Encoding": "br"}, 415, "unsupported-encoding"),
        (b"{}", {"Content-Encoding": "gzip"}, 400, "bad-gzip"),
        (gzip.compress(b"{}", mtime=0)[:-4], {"Content-Encoding": "gzip"}, 400, "bad-gzip"),
        (gzip.compress(b"{}", mtime=0) + b"more", {"Content-Encoding": "gzip"}, 400, "bad-gzip"),
        (b"{}", {"Authorization": "Bearer wrong"}, 401, "not-authenticated"),
    ],
)
async def test_what_is_wrong_as_a_whole_is_a_problem_with_its_code(
    client: httpx.AsyncClient, content: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    answer = await client.post("/v1/events", content=content, headers={"Content-Type": "application/json"} | headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("size", [BODY_BYTES_MAX + 1, 100 * BODY_BYTES_MAX])
async def test_a_small_body_that_unpacks_into_a_huge_one_is_stopped_at_the_limit(
    client: httpx.AsyncClient, size: int
) -> None:
    bomb = gzip.compress(b"\n" * size, mtime=0)
    answer = await client.post("/v1/events", content=bomb, headers=LINES | {"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


async def test_a_body_without_declared_length_is_stopped_at_the_limit(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 65_536

    answer = await client.post("/v1/events", content=endless(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


async def test_a_key_without_the_scope_is_not_let_in(client: httpx.AsyncClient, tmp_path: Path) -> None:
    reader = KeyRing(tmp_path / "keys.json").create("reader", [Scope.ACCOUNTS_READ])
    for path in ("/v1/events", "/v1/track", "/batch"):
        answer = await client.post(path, json=PLAIN, headers={"Authorization": f"Bearer {reader}"})
        assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")


async def test_the_answer_waits_for_the_log_and_those_who_wait_share_one_write(
    client: httpx.AsyncClient, gate: Gate, log: Log
) -> None:
    gate.shut()
    first = asyncio.create_task(client.post("/v1/events", json=PLAIN))
    await gate.began.wait()
    others = [asyncio.create_task(client.post("/v1/events", json=PLAIN | {"id": f"o-{n}"})) for n in range(5)]
    for _ in range(50):
        await asyncio.sleep(0)
    assert not first.done()
    assert not any(other.done() for other in others)
    assert await activities(log) == []
    gate.open()
    assert [(await each).status_code for each in (first, *others)] == [202] * 6
    assert [sum(len(part.values) for part in write) for write in gate.writes] == [1, 5]
    assert len(await activities(log)) == 6


@pytest.mark.parametrize(("fault", "wait_s"), [(Full("full", 7), "7"), (Unavailable("away"), "2")])
async def test_a_log_that_is_full_or_away_is_503_with_a_time_to_come_back(
    client: httpx.AsyncClient, gate: Gate, log: Log, fault: Unavailable, wait_s: str
) -> None:
    gate.fault = fault
    for path, event in (("/v1/events", PLAIN), ("/v1/track", TRACK)):
        answer = await client.post(path, json=event)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, wait_s)
    assert (await client.post("/v1/events", json=PLAIN)).status_code == 503
    gate.fault = None
    assert (await client.post("/v1/events", json=PLAIN)).status_code == 202
    gate.fault = fault
    assert (await client.post("/v1/events", json=PLAIN)).status_code == 503
    assert len(await activities(log)) == 1


async def test_bytes_in_flight_are_bounded_and_given_back(client: httpx.AsyncClient, gate: Gate) -> None:
    event = json.dumps(PLAIN | {"properties": {f"k{n}": "y" * 4_000 for n in range(15)}})
    whole = f"[{','.join([event] * 17)}]"
    assert 0.9 * BODY_BYTES_MAX < len(whole) <= BODY_BYTES_MAX
    headers = {"Content-Type": "application/json"}
    gate.shut()
    held = [asyncio.create_task(client.post("/v1/events", content=whole, headers=headers)) for _ in range(2)]
    await gate.began.wait()
    for _ in range(100):
        await asyncio.sleep(0)
    full = await client.post("/v1/events", content=whole, headers=headers)
    assert (full.status_code, full.json()["code"], full.headers["retry-after"]) == (503, "full", "1")
    packed = await client.post("/v1/events", content=gzip.compress(whole.encode()), headers=headers)
    assert packed.status_code == 503
    gate.open()
    assert [(await each).status_code for each in held] == [202, 202]
    assert (await client.post("/v1/events", content=whole, headers=headers)).status_code == 202


async def test_a_sender_that_is_too_slow_is_sent_away(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "BODY_WAIT_S_MAX", 0.01)

    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    answer = await client.post("/v1/events", content=never(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 408


async def test_conservation_holds_at_the_door_with_what_the_callers_were_told(
    client: httpx.AsyncClient, log: Log
) -> None:
    results = ("received", "forwarded", "dead_lettered", "told")
    before = [counted(result) for result in results]
    await client.post("/v1/events", json=[PLAIN, {}])
    await client.post("/v1/batch", json={"batch": [TRACK, {}, {}]})
    received, forwarded, dead, told = (counted(r) - b for r, b in zip(results, before, strict=True))
    assert (received, forwarded, dead, told) == (5, 2, 2, 1)
    assert (len(await activities(log)), len(await dead_letters(log))) == (2, 2)


async def test_the_description_shows_how_to_send_an_event(client: httpx.AsyncClient) -> None:
    paths: dict[str, Any] = (await client.get("/openapi.json")).json()["paths"]
    content = paths["/v1/events"]["post"]["requestBody"]["content"]
    assert content["application/json"]["examples"]["plain"]["value"]["account"] == "acme"
    assert {"202", "207", "400", "401", "403", "413", "415", "503"} <= set(paths["/v1/events"]["post"]["responses"])
    assert "/v1/batch" in paths
