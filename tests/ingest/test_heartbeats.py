"""A heartbeat says that a source is alive, by HTTP or among the events, and stands under no account."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from banso_common.contracts.account_activity import HEARTBEAT, ActivityKind
from banso_common.contracts.account_signal import feed_subject
from banso_common.contracts.topics import Topic, partition_of
from banso_common.errors import Refused
from banso_common.log.port import Log
from tests.ingest.given import CLOUDEVENT, NOW, TRACK, activity, without
from tests.ingest.logs import activities

IN_ANY_FORM: list[tuple[dict[str, Any], str]] = [
    ({"name": HEARTBEAT}, "plain"),
    ({"name": HEARTBEAT, "source": "app", "account": "acme", "user": "mika", "value": 3}, "app"),
    ({**without(CLOUDEVENT, "account", "data"), "type": HEARTBEAT}, CLOUDEVENT["source"]),
    ({**without(TRACK, "context"), "event": HEARTBEAT}, "segment"),
]


@pytest.mark.parametrize(("event", "source"), IN_ANY_FORM)
def test_an_event_of_that_name_is_a_heartbeat_of_its_source_alone(event: dict[str, Any], source: str) -> None:
    found = activity(event)
    assert (found.kind, found.source, found.account) == (ActivityKind.HEARTBEAT, source, feed_subject(source))
    assert (found.user, found.user_key, found.value, found.properties) == (None, 0, None, {})


def test_without_an_instant_each_heartbeat_is_one_of_its_own_and_with_one_a_retry_is_a_repeat() -> None:
    at = {"name": HEARTBEAT, "at": "2026-03-02T08:59:00Z"}
    assert activity(at).identity == activity(at).identity != activity({"name": HEARTBEAT}).identity


@pytest.mark.parametrize(
    ("change", "code"),
    [({"source": "a\tb"}, "bad-source"), ({"source": "s" * 201}, "bad-source"), ({"at": "today"}, "bad-time")],
)
def test_a_wrong_heartbeat_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        activity({"name": HEARTBEAT, **change})
    assert refused.value.code == code


async def test_a_heartbeat_by_http_stands_in_the_lane_of_its_feed(client: httpx.AsyncClient, log: Log) -> None:
    answer = await client.post("/v1/heartbeats", json={"source": "app"})
    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)
    (stored,) = await activities(log)
    assert (stored.kind, stored.account, stored.occurred_at) == (ActivityKind.HEARTBEAT, feed_subject("app"), NOW)
    partitions = await log.partitions(Topic.ACCOUNT_ACTIVITY)
    assert 0 <= partition_of(stored.account, partitions) < partitions


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "wrong-type"),
        ({"source": ""}, "missing-source"),
        ({"source": "app", "account": "acme"}, "wrong-type"),
        ({"source": "app", "at": "2026-03-02T08:59:00"}, "bad-time"),
        ([{"source": "app"}], "wrong-type"),
    ],
)
async def test_a_wrong_heartbeat_by_http_is_told_why(client: httpx.AsyncClient, log: Log, body: Any, code: str) -> None:
    answer = await client.post("/v1/heartbeats", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert await activities(log) == []
