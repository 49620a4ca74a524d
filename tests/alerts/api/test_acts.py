"""What people do: acknowledge, snooze, silence; each act changes what is sent, and is said."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.domain.outreach import ChannelName
from banso_alerts.store import silences
from banso_common.clock import DAY_MS, HOUR_MS, ManualClock, iso
from banso_common.contracts.account_signal import SignalKind
from banso_common.contracts.outreach_outcome import OutcomeKind
from tests.alerts.api.asking import listed, only
from tests.alerts.made import at, directory, rules, signal
from tests.alerts.room import Room


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
    await room.hear(signal(), signal("other", owner_email="b@vendor.example"))
    await room.hear(signal(kind=SignalKind.STRUGGLING))
    until = noon.now() + DAY_MS
    (first,) = await listed(api, account="acme", kind="silent-struggling")
    answer = await api.post(f"/v1/outreach/{first['id']}/snooze", json={"until": iso(until)})
    shown = answer.json()["outreach"]
    assert (shown["state"], shown["reason"], shown["stage"]) == ("waiting", "snoozed", "snooze")
    assert (shown["snoozed_until"], shown["snoozed_by"], shown["next_at"]) == (iso(until), "console", iso(until))
    assert first["id"] not in {each["id"] for each in await listed(api, open="true")}
    await room.hear(signal(episode=2))
    states = [(each["account"], each["kind"], each["state"], each["reason"]) for each in await listed(api)]
    assert sorted(states, key=str) == [
        ("acme", "silent-struggling", "waiting", "snoozed"),
        ("acme", "silent-struggling", "waiting", "snoozed"),
        ("acme", "struggling", "planned", None),
        ("other", "silent-struggling", "planned", None),
    ]
    noon.move_to(until)
    await room.tend()
    woken = {(row.account, row.episode, row.kind): row.state for row in await room.rows()}
    assert woken["acme", 1, "silent-struggling"] == "planned"
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
    await room.hear(signal("acme", kind=SignalKind.STRUGGLING))
    states = {(each["account"], each["state"], each["reason"]) for each in await listed(api)}
    assert states == {("acme", "waiting", "silenced"), ("other", "planned", None)}
    assert [each["id"] for each in (await api.get("/v1/silences")).json()["silences"]] == [made.json()["id"]]
    assert (await api.delete(f"/v1/silences/{made.json()['id']}")).status_code == 204
    await room.tend()
    assert {each["state"] for each in await listed(api)} == {"planned"}
    assert (await api.get("/v1/silences")).json() == {"silences": []}


async def test_a_silence_is_about_lists_of_values_and_can_be_extended(api: httpx.AsyncClient, room: Room) -> None:
    now = room.clock.now()
    asked = {"account": ["acme", "other"], "phase": "operation", "severity": ["warning"], "until": iso(now + HOUR_MS)}
    made = (await api.post("/v1/silences", json=asked)).json()
    assert (made["account"], made["phase"], made["cell"]) == (["acme", "other"], ["operation"], [])
    await room.hear(signal("acme"), signal("third", owner_email="b@vendor.example", owner_slack=None))
    longer = await api.put(f"/v1/silences/{made['id']}", json={"until": iso(now + 2 * HOUR_MS)})
    assert (longer.status_code, longer.json()["expires_at"]) == (200, iso(now + 2 * HOUR_MS))
    room.later(HOUR_MS)
    await room.tend()
    states = {(each["account"], each["state"], each["reason"]) for each in await listed(api)}
    assert states == {("acme", "waiting", "silenced"), ("third", "planned", None)}
    room.later(HOUR_MS)
    await room.tend()
    assert {each["state"] for each in await listed(api)} == {"planned"}
    gone = await api.put(f"/v1/silences/{made['id']}", json={"until": iso(now + DAY_MS)})
    assert gone.status_code == 404


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
    monkeypatch.setattr(silences, "SILENCES_MAX", 1)
    assert (await api.post("/v1/silences", json={"until": until, "account": "a"})).status_code == 201
    refused = await api.post("/v1/silences", json={"until": until, "account": "b"})
    assert (refused.status_code, refused.json()["code"]) == (400, "too-many-silences")


async def test_the_cap_counts_no_more_what_a_snooze_has_put_off(
    api: httpx.AsyncClient, engine: AsyncEngine, noon: ManualClock
) -> None:
    room = Room(engine, noon, rules=rules(cap_per_day=1))
    await room.hear(signal("a"))
    until = iso(noon.now() + 2 * DAY_MS)
    await api.post(f"/v1/outreach/{(await only(api))['id']}/snooze", json={"until": until})
    await room.hear(signal("b"))
    assert {row.account: row.state for row in await room.rows()} == {"a": "waiting", "b": "planned"}
