"""From signals to what plays change, through both stores: exposures of both arms, what came of them, and the API."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts import tables as t
from banso_alerts.api.proof.routes import ProofRoom, make_proof_router
from banso_alerts.measuring import measure
from banso_common.clock import DAY_MS, ManualClock
from banso_common.contracts.account_signal import SignalKind, SignalState
from banso_common.db.transaction import reading
from banso_common.http.app import make_app
from banso_common.http.keys import KeyRing, Scope
from tests.alerts.api.conftest import OnlyRouters
from tests.alerts.made import rules, shipped_plays, signal
from tests.alerts.proof.alarms import FLOOR
from tests.alerts.room import Room

NAME = "call-the-silent"
ACCOUNTS = 240
MILLION = 1_000_000 * 1_000_000


async def lived(engine: AsyncEngine, clock: ManualClock) -> Room:
    """Accounts in trouble, half of them left alone: of those told eight of ten recover, else one of ten."""
    room = Room(engine, clock, rules=rules(cap_per_day=0, holdout_share=0.5))
    names = [f"a{number:03}" for number in range(ACCOUNTS)]
    began = clock.now()
    await room.hear(*(signal(name, said_at=began, acv=(1 + n % 5) * MILLION) for n, name in enumerate(names)))
    async with reading(engine) as tx:
        told = set(await tx.scalars(select(t.assignment.c.account).where(t.assignment.c.arm == "told")))
    room.later(10 * DAY_MS)
    dice = random.Random(3)
    recovers = [name for name in names if dice.random() < (0.8 if name in told else 0.1)]
    leaves = [name for name in names if name not in recovers and dice.random() < 0.2]
    now = clock.now()
    await room.hear(*(signal(name, state=SignalState.CLOSED, said_at=now) for name in recovers))
    await room.hear(*(signal(name, kind=SignalKind.CONTRACT_ENDED, said_at=now) for name in leaves))
    return room


async def answered(room: Room, tmp_path: Path, path: str) -> httpx.Response:
    keys = KeyRing(tmp_path / "keys.json")
    secret = keys.create("reader", [Scope.OUTREACH_READ])
    router = make_proof_router(ProofRoom(room.engine, room.clock, room.desk, FLOOR, lambda: None))
    transport = httpx.ASGITransport(app=make_app([OnlyRouters([router])], keys, "test"))
    headers = {"Authorization": f"Bearer {secret}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://banso", headers=headers) as api:
        return await api.get(path)


async def asked(room: Room, tmp_path: Path, path: str) -> dict[str, Any]:
    answer = await answered(room, tmp_path, path)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_what_a_play_changes_is_told_by_account_and_by_amount(
    engine: AsyncEngine, noon: ManualClock, tmp_path: Path
) -> None:
    room = await lived(engine, noon)
    room.later(19 * DAY_MS)
    believed = await measure(engine, shipped_plays(), noon.now())
    answer = await asked(room, tmp_path, f"/v1/uplift?play={NAME}")
    (play,) = answer["plays"]
    assert (play["state"], play["measured_by"], play["told"], play["left_alone"]) == ("helps", "recovered", 120, 120)
    recovered, contacted, churned, revenue = play["outcomes"]
    assert recovered["by_account"]["lower"] < 0.7 < recovered["by_account"]["upper"]
    (amount,) = recovered["by_amount"]
    assert (amount["currency"], amount["state"]) == ("JPY", "helps")
    assert amount["average_value"] == pytest.approx(3_000_000)
    assert amount["per_value"] == pytest.approx(amount["effect"] / 3_000_000)
    assert contacted["by_account"]["state"] == "no-difference" or contacted["by_account"]["effect"] == 0
    assert churned["by_account"]["effect"] is revenue["by_account"]["effect"] is None  # ninety days are not over
    assert {(each["dimension"], each["value"]) for each in play["segments"]} == {
        ("touch", "high"),
        ("phase", "operation"),
        ("cell", ""),
    }
    assert believed == {NAME: play["believed"]}
    assert 0.3 < play["believed"] < recovered["by_account"]["effect"]


async def test_what_takes_ninety_days_is_known_after_ninety_days(
    engine: AsyncEngine, noon: ManualClock, tmp_path: Path
) -> None:
    room = await lived(engine, noon)
    room.later(81 * DAY_MS)
    await measure(engine, shipped_plays(), noon.now())
    answer = await asked(room, tmp_path, f"/v1/uplift?play={NAME}")
    _, _, churned, revenue = answer["plays"][0]["outcomes"]
    assert churned["by_account"]["told"] == 120
    assert churned["by_account"]["effect"] < 0 < revenue["by_account"]["effect"]
    assert revenue["by_account"]["told_mean"] == pytest.approx(1 - churned["by_account"]["told_mean"])


async def test_measuring_again_gives_the_same_and_before_the_first_time_there_is_nothing(
    engine: AsyncEngine, noon: ManualClock, tmp_path: Path
) -> None:
    room = await lived(engine, noon)
    assert await asked(room, tmp_path / "a", "/v1/uplift") == {"computed_at": None, "plays": []}
    room.later(30 * DAY_MS)
    await measure(engine, shipped_plays(), noon.now())
    first = await asked(room, tmp_path / "b", "/v1/uplift")
    await measure(engine, shipped_plays(), noon.now())
    assert await asked(room, tmp_path / "c", "/v1/uplift") == first


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", ["/v1/uplift", "/v1/wear-out"])
async def test_a_play_that_there_is_not_is_no_play_without_effect(
    engine: AsyncEngine, noon: ManualClock, tmp_path: Path, path: str
) -> None:
    room = Room(engine, noon)
    wrong = await answered(room, tmp_path / "a", f"{path}?play=call-the-slient")
    assert (wrong.status_code, wrong.json()["code"]) == (404, "not-found")
    assert wrong.json()["detail"] == f'there is no play of that name, did you mean "{NAME}"?'
    assert (await asked(room, tmp_path / "b", f"{path}?play={NAME}"))["plays"] == []  # not measured yet


async def test_what_was_measured_of_a_play_that_is_gone_is_told_still(
    engine: AsyncEngine, noon: ManualClock, tmp_path: Path
) -> None:
    room = await lived(engine, noon)
    room.later(30 * DAY_MS)
    await measure(engine, shipped_plays(), noon.now())
    room.desk.policy = replace(room.policy, plays=tuple(each for each in room.policy.plays if each.name != NAME))
    (play,) = (await asked(room, tmp_path, f"/v1/uplift?play={NAME}"))["plays"]
    assert play["play"] == NAME


async def test_wear_out_is_told_for_each_play(engine: AsyncEngine, noon: ManualClock, tmp_path: Path) -> None:
    room = await lived(engine, noon)
    room.later(30 * DAY_MS)
    await measure(engine, shipped_plays(), noon.now())
    answer = await asked(room, tmp_path, "/v1/wear-out")
    assert [play["play"] for play in answer["plays"]] == [play.name for play in shipped_plays()]
    silent = next(play for play in answer["plays"] if play["play"] == NAME)
    assert silent["by_time"]["freshness"] == "fresh"  # all of one day: nothing is seen to fade
    assert (silent["by_time"]["half_life"], silent["proposal"]) == (None, None)
    unheard = next(play for play in answer["plays"] if play["play"] == "unblock")
    assert (unheard["by_time"]["freshness"], unheard["since_at"]) == ("cannot-say", None)
