"""The rules over HTTP: each with its record, its interval and its reason; restored by whoever may write."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.api.proof.routes import ProofRoom, make_proof_router
from banso_common.clock import DAY_MS, ManualClock, iso
from banso_common.http.app import make_app
from banso_common.http.keys import KeyRing, Scope
from tests.alerts.api.conftest import OnlyRouters
from tests.alerts.made import rules, shipped_plays, signal
from tests.alerts.proof.alarms import FLOOR, NAME, demoted_room, false_alarms, judged
from tests.alerts.room import Room


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "keys.json")


def client(room: Room, keys: KeyRing, *scopes: Scope) -> httpx.AsyncClient:
    router = make_proof_router(ProofRoom(room.engine, room.clock, room.desk, FLOOR, lambda: None))
    name = "console" if Scope.OUTREACH_WRITE in scopes else "reader"
    app = make_app([OnlyRouters([router])], keys, "test")
    headers = {"Authorization": f"Bearer {keys.create(name, scopes)}"}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://banso", headers=headers)


@pytest.fixture
async def fallen(
    engine: AsyncEngine, noon: ManualClock, keys: KeyRing
) -> AsyncIterator[tuple[Room, httpx.AsyncClient]]:
    """A room with a demoted rule, and a client that may write."""
    room = await demoted_room(engine, noon)
    async with client(room, keys, Scope.OUTREACH_READ, Scope.OUTREACH_WRITE) as api:
        yield room, api


async def test_every_rule_of_the_plays_is_listed_with_its_record(fallen: tuple[Room, httpx.AsyncClient]) -> None:
    listed = (await fallen[1].get("/v1/rules")).json()["rules"]
    assert {(rule["play"], rule["kind"]) for rule in listed} == {
        (play.name, kind) for play in shipped_plays() for kind in play.kinds
    }
    silent = next(rule for rule in listed if rule["play"] == NAME)
    assert (silent["state"], silent["right"], silent["judged"], silent["share"]) == ("demoted", 0, 12, 0.0)
    assert silent["upper"] == pytest.approx(0.2425, abs=1e-4)
    assert "0 of 12" in silent["why"]
    unheard = next(rule for rule in listed if rule["play"] == "unblock")
    assert (unheard["state"], unheard["since_at"], unheard["judged"], unheard["share"]) == ("speaking", None, 0, None)


async def test_who_may_write_restores_and_who_may_read_does_not(
    fallen: tuple[Room, httpx.AsyncClient], keys: KeyRing
) -> None:
    room, api = fallen
    async with client(room, keys, Scope.OUTREACH_READ) as reader:
        assert (await reader.post(f"/v1/rules/{NAME}/restore")).status_code == 403
    room.later(DAY_MS)
    for _ in range(2):
        (rule,) = (await api.post(f"/v1/rules/{NAME}/restore")).json()["rules"]
        assert (rule["state"], rule["why"]) == ("speaking", None)
        assert [(turn["what"], turn["by"]) for turn in rule["turns"]] == [("demoted", None), ("restored", "console")]
    assert (await api.post("/v1/rules/no-such-play/restore")).status_code == 404


async def test_a_shadow_says_until_when_and_what_is_pending_is_counted(
    engine: AsyncEngine, noon: ManualClock, keys: KeyRing
) -> None:
    room = Room(engine, noon, rules=rules(cap_per_day=0, shadow_ms=14 * DAY_MS))
    room.policy = room.desk.policy = replace(room.policy, plays=(replace(shipped_plays()[0], shadow=True),))
    began = noon.now()
    await false_alarms(room, range(1))
    await room.hear(signal("b", said_at=noon.now()))
    await judged(room)
    async with client(room, keys, Scope.OUTREACH_READ) as api:
        (rule,) = (await api.get("/v1/rules")).json()["rules"]
        assert (rule["state"], rule["shadow_until"]) == ("shadow", iso(began + 14 * DAY_MS))
        assert (rule["judged"], rule["pending"], rule["open"]) == (1, 1, 0)
        room.later(12 * DAY_MS)
        (rule,) = (await api.get("/v1/rules")).json()["rules"]
        assert rule["state"] == "speaking"
