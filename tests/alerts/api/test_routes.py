"""The API: the inbox with what was held back and why, the acts of people, silences; with keys, scopes and cursors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.api.routes import make_router
from banso_alerts.domain.outreach import ChannelName
from banso_alerts.store import inbox
from banso_common.clock import DAY_MS, HOUR_MS, ManualClock, iso
from banso_common.contracts.account_signal import SignalKind
from banso_common.contracts.outreach_outcome import OutcomeKind
from banso_common.http.app import make_app
from banso_common.http.keys import KeyRing, Scope
from tests.alerts.made import at, directory, rules, signal
from tests.alerts.room import Room


@dataclass
class OnlyRouters:
    """As much of a service as an application asks for."""

    routers: Sequence[APIRouter]
    name: str = "alerts"

    async def start(self) -> None:
        return None

    async def stop(self) -> None:
        return None

    def readiness(self) -> dict[str, str | None]:
        return {}


ONE_STORE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # where the store plays no part


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "keys.json")


@pytest.fixture
async def api(engine: AsyncEngine, noon: ManualClock, keys: KeyRing) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a key that may read and write."""
    app = make_app([OnlyRouters([make_router(engine, noon, lambda: None)])], keys, "test")
    secret = keys.create("console", [Scope.OUTREACH_READ, Scope.OUTREACH_WRITE])
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://banso", headers={"Authorization": f"Bearer {secret}"}
    ) as client:
        yield client


@pytest.fixture
def room(engine: AsyncEngine, noon: ManualClock) -> Room:
    return Room(engine, noon)


async def listed(api: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    answer = await api.get("/v1/outreach", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["outreach"]
    return found


async def only(api: httpx.AsyncClient) -> dict[str, Any]:
    (found,) = await listed(api)
    return found


async def test_the_list_shows_what_was_sent_and_what_was_held_back_and_why(api: httpx.AsyncClient, room: Room) -> None:
    await room.hear(signal("a"))
    await room.deliver()
    room.later(1)
    await room.hear(signal("b"), signal("c", said_at=room.clock.now() - 8 * DAY_MS))
    await room.hear(signal("d", owner_email="d@vendor.example"))
    found = {each["account"]: each for each in await listed(api)}
    assert {name: (each["state"], each["reason"], each["stage"]) for name, each in found.items()} == {
        "a": ("sent", None, None),
        "b": ("planned", None, None),
        "c": ("expired", "expired", "expiry"),
        "d": ("planned", None, None),
    }
    assert found["a"]["sent_at"] == iso(room.clock.now() - 1)
    assert found["a"]["title"].startswith("Acme：")


@pytest.mark.parametrize(
    ("query", "accounts"),
    [
        ({"account": "a"}, {"a"}),
        ({"account": ["a", "b"]}, {"a", "b"}),
        ({"owner": "b@vendor.example"}, {"b"}),
        ({"state": "held"}, {"a", "c"}),
        ({"reason": "no-recipient"}, {"c"}),
        ({"kind": "stalled"}, {"b"}),
        ({"play": "unblock"}, {"b"}),
        ({"channel": "slack"}, {"a", "b", "c"}),
        ({"account": "b", "state": "held"}, set()),
        ({"open": "true"}, {"b", "c"}),
        ({"open": "false"}, {"a"}),
    ],
)
async def test_every_filter_lets_through_what_it_says(
    api: httpx.AsyncClient, room: Room, query: dict[str, Any], accounts: set[str]
) -> None:
    await room.hear(
        signal("a"),
        signal("b", kind=SignalKind.STALLED, owner_email="b@vendor.example"),
        signal("c", owner_email=None, owner_slack=None),
    )
    (first,) = await listed(api, account="a")
    await api.post(f"/v1/outreach/{first['id']}/acknowledge")
    assert {each["account"] for each in await listed(api, **query)} == accounts


async def test_pages_go_on_where_the_last_one_ended_whatever_comes_in_between(
    api: httpx.AsyncClient, room: Room
) -> None:
    for number in range(7):
        await room.hear(signal(f"a{number}", owner_email=f"{number}@vendor.example"))
        if number % 2:
            room.later(1)
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 3}
    while True:
        page = (await api.get("/v1/outreach", params=query)).json()
        seen += [each["account"] for each in page["outreach"]]
        await room.hear(signal(f"late-{len(seen)}", said_at=room.clock.now()))
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
        room.later(1)
    assert len(seen) == len(set(seen))
    assert {name for name in seen if name.startswith("a")} == {f"a{number}" for number in range(7)}


async def test_a_cursor_of_another_query_is_refused(api: httpx.AsyncClient, room: Room) -> None:
    await room.hear(signal("a"), signal("b"))
    cursor = (await api.get("/v1/outreach", params={"limit": 1})).json()["next"]
    for query in ({"cursor": cursor, "account": "a"}, {"cursor": "abc"}, {"cursor": ""}):
        refused = await api.get("/v1/outreach", params=query)
        assert (refused.status_code, refused.json()["code"]) == (400, "foreign-cursor")


async def test_one_outreach_is_shown_with_its_message_and_its_delivery(api: httpx.AsyncClient, room: Room) -> None:
    await room.hear(signal(owner_locale="en"))
    await room.deliver()
    shown = (await api.get(f"/v1/outreach/{(await only(api))['id']}")).json()
    assert shown["message"][0]["heading"] == "Who"
    assert "“Import failed”: 14 times by 4 users in 14 days, usually 3" in shown["message"][2]["lines"]
    assert (shown["attempts"], shown["provider_ref"], shown["signal"]) == (1, "ref-1", signal().key)
    assert shown["link"] == "https://banso.example/accounts/acme"


async def test_an_acknowledgement_is_kept_once_and_said_once(
    api: httpx.AsyncClient, room: Room, noon: ManualClock
) -> None:
    await room.hear(signal())
    await room.deliver()
    url = f"/v1/outreach/{(await only(api))['id']}/acknowledge"
    first = (await api.post(url)).json()
    room.later(HOUR_MS)
    again = (await api.post(url)).json()
    assert first == again
    assert first["outreach"]["acknowledged_by"] == "console"
    assert first["outreach"]["state"] == "sent"
    assert [said.outcome for said in await room.outcomes()] == [OutcomeKind.SENT, OutcomeKind.ACKNOWLEDGED]


async def test_what_is_acknowledged_before_it_is_sent_is_not_sent_through_any_channel(
    api: httpx.AsyncClient, engine: AsyncEngine, noon: ManualClock
) -> None:
    room = Room(engine, noon, directory=directory(ChannelName.SLACK, ChannelName.EMAIL))
    await room.hear(signal(), signal("other", owner_email="b@vendor.example"))
    (first, _) = await listed(api, account="acme")
    await api.post(f"/v1/outreach/{first['id']}/acknowledge")
    found = await listed(api, account="acme")
    assert [(each["state"], each["reason"]) for each in found] == [("held", "acknowledged")] * 2
    assert {each["state"] for each in await listed(api, account="other")} == {"planned"}
    while await room.deliver():
        pass
    assert len(room.box.sent) == 1


async def test_a_snooze_lets_what_is_not_sent_wait_and_holds_what_comes(
    api: httpx.AsyncClient, room: Room, noon: ManualClock
) -> None:
    await room.hear(signal())
    until = noon.now() + DAY_MS
    answer = await api.post(f"/v1/outreach/{(await only(api))['id']}/snooze", json={"until": iso(until)})
    shown = answer.json()["outreach"]
    assert (shown["state"], shown["reason"], shown["stage"]) == ("waiting", "snoozed", "snooze")
    assert (shown["snoozed_until"], shown["snoozed_by"], shown["next_at"]) == (iso(until), "console", iso(until))
    assert await listed(api, open="true") == []
    await room.hear(signal(episode=2), signal(kind=SignalKind.STALLED))
    states = {(each["kind"], each["state"], each["reason"]) for each in await listed(api)}
    assert states == {("silent-struggling", "waiting", "snoozed"), ("stalled", "planned", None)}
    noon.move_to(until)
    await room.tend()
    assert {(row.episode, row.kind): row.state for row in await room.rows()}[1, "silent-struggling"] == "planned"
    outcomes = [(said.outcome, said.key.rpartition("/")[2]) for said in await room.outcomes()]
    assert (OutcomeKind.SNOOZED, str(until)) in outcomes


@pytest.mark.parametrize("until", [iso(at("2026-03-02T11:59")), "2028-01-01T00:00:00Z"])
async def test_a_snooze_into_the_past_or_for_ever_is_refused(api: httpx.AsyncClient, room: Room, until: str) -> None:
    await room.hear(signal())
    url = f"/v1/outreach/{(await only(api))['id']}/snooze"
    refused = await api.post(url, json={"until": until})
    assert (refused.status_code, refused.json()["code"]) == (400, "not-ahead")
    for wrong in ({"until": "2026-03-04T00:00:00"}, {"until": "soon"}, {}, {"until": until, "why": "?"}):
        assert (await api.post(url, json=wrong)).status_code == 422


async def test_a_silence_holds_what_is_planned_and_what_comes_until_it_is_ended(
    api: httpx.AsyncClient, room: Room
) -> None:
    await room.hear(signal("acme"), signal("other", owner_email="b@vendor.example"))
    until = iso(room.clock.now() + DAY_MS)
    asked = {"account": "acme", "until": until, "comment": "moving offices"}
    made = await api.post("/v1/silences", json=asked)
    assert made.status_code == 201
    assert made.json()["author"] == "console"
    await room.tend()
    await room.hear(signal("acme", kind=SignalKind.STALLED))
    states = {(each["account"], each["state"], each["reason"]) for each in await listed(api)}
    assert states == {("acme", "waiting", "silenced"), ("other", "planned", None)}
    assert [each["id"] for each in (await api.get("/v1/silences")).json()["silences"]] == [made.json()["id"]]
    assert (await api.delete(f"/v1/silences/{made.json()['id']}")).status_code == 204
    await room.tend()
    assert {each["state"] for each in await listed(api)} == {"planned"}
    assert (await api.get("/v1/silences")).json() == {"silences": []}


async def test_a_silence_asked_for_again_of_what_it_does_not_match_changes_nothing(
    api: httpx.AsyncClient, room: Room
) -> None:
    await room.hear(signal("acme"))
    await api.post("/v1/silences", json={"touch": "tech", "until": iso(room.clock.now() + DAY_MS)})
    await room.tend()
    assert (await only(api))["state"] == "planned"


async def test_a_silence_over_everything_is_refused_and_so_is_one_too_many(
    api: httpx.AsyncClient, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = iso(room.clock.now() + DAY_MS)
    refused = await api.post("/v1/silences", json={"until": until})
    assert (refused.status_code, refused.json()["code"]) == (400, "silence-names-nothing")
    monkeypatch.setattr(inbox, "SILENCES_MAX", 1)
    assert (await api.post("/v1/silences", json={"until": until, "account": "a"})).status_code == 201
    refused = await api.post("/v1/silences", json={"until": until, "account": "b"})
    assert (refused.status_code, refused.json()["code"]) == (400, "too-many-silences")


@ONE_STORE
async def test_what_is_not_there_is_404_and_what_is_no_id_422(api: httpx.AsyncClient) -> None:
    for method, url, body in (
        ("GET", f"/v1/outreach/{'0' * 32}", None),
        ("POST", f"/v1/outreach/{'0' * 32}/acknowledge", None),
        ("POST", f"/v1/outreach/{'0' * 32}/snooze", {"until": iso(at("2026-03-04T00:00"))}),
        ("DELETE", f"/v1/silences/{'0' * 16}", None),
    ):
        answer = await api.request(method, url, json=body)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json"), url
    assert (await api.get("/v1/outreach/nonsense")).status_code == 422


@ONE_STORE
@pytest.mark.parametrize(
    "query",
    [{"limit": 0}, {"limit": 501}, {"state": "lost"}, {"account": "a\x00"}, {"nonsense": "1"}, {"account": ["a"] * 51}],
)
async def test_a_wrong_query_is_422_and_says_what_is_wrong(api: httpx.AsyncClient, query: dict[str, Any]) -> None:
    refused = await api.get("/v1/outreach", params=query)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")


@ONE_STORE
async def test_nothing_is_open_without_a_key_or_without_the_scope(api: httpx.AsyncClient, keys: KeyRing) -> None:
    reader = {"Authorization": f"Bearer {keys.create('reader', [Scope.OUTREACH_READ])}"}
    writer = {"Authorization": f"Bearer {keys.create('writer', [Scope.OUTREACH_WRITE])}"}
    stranger = {"Authorization": f"Bearer {keys.create('stranger', [Scope.ACCOUNTS_READ])}"}
    reads = [("GET", "/v1/outreach"), ("GET", f"/v1/outreach/{'0' * 32}"), ("GET", "/v1/silences")]
    writes = [
        ("POST", f"/v1/outreach/{'0' * 32}/acknowledge"),
        ("POST", f"/v1/outreach/{'0' * 32}/snooze"),
        ("POST", "/v1/silences"),
        ("DELETE", f"/v1/silences/{'0' * 16}"),
    ]
    body = {"until": "2026-03-04T00:00:00Z", "account": "a"}
    for method, url in reads + writes:
        sent = body if method == "POST" else None
        assert (await api.request(method, url, json=sent, headers={"Authorization": ""})).status_code == 401
        assert (await api.request(method, url, json=sent, headers=stranger)).status_code == 403
        wrong = writer if (method, url) in reads else reader
        assert (await api.request(method, url, json=sent, headers=wrong)).status_code == 403


@ONE_STORE
async def test_openapi_describes_every_route_with_an_example(api: httpx.AsyncClient) -> None:
    described = (await api.get("/openapi.json")).json()
    shapes = described["components"]["schemas"]
    for name in ("OutreachSummary", "OutreachList", "OutreachDetail", "SilenceView", "SilenceList", "Snooze"):
        assert "example" in shapes[name], name
    assert "example" in shapes["NewSilence"]
    for path, methods in described["paths"].items():
        for method in methods.values():
            assert method["summary"], path
            assert {"401", "403"} <= set(method["responses"]), path


async def test_the_cap_counts_no_more_what_a_snooze_has_put_off(
    api: httpx.AsyncClient, engine: AsyncEngine, noon: ManualClock
) -> None:
    room = Room(engine, noon, rules=rules(cap_per_day=1))
    await room.hear(signal("a"))
    until = iso(noon.now() + 2 * DAY_MS)
    await api.post(f"/v1/outreach/{(await only(api))['id']}/snooze", json={"until": until})
    await room.hear(signal("b"))
    assert {row.account: row.state for row in await room.rows()} == {"a": "waiting", "b": "planned"}
