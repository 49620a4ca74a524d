"""Segments: the portfolio read part by part, with how much it is of."""

from __future__ import annotations

import statistics
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest
from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from banso_common.clock import DAY_MS, ManualClock
from banso_scoring.api.routes import make_router
from banso_scoring.api.segments.segment_shapes import SegmentList
from banso_scoring.api.segments.segments import median
from banso_scoring.model.load import load_model
from tests.scoring.api.given import Tenant, days_of_use, door, statement, tenant, use

PARK = """
name: park
roles:
  attempt: ["*"]
  friction:
    error: {kind: error, events: [error]}
  ended: [left]
metrics:
  parades: {kind: count, events: [parade], ramp: [[0, 0], [4, 1]]}
  rides: {kind: count, events: [ride], ramp: [[0, 0], [4, 1]]}
dimensions:
  parade: {weight: 1, metrics: {parades: 1}}
  ride: {weight: 1, metrics: {rides: 1}}
bands: {coverage_min: 0}
journey:
  start: {}
objectives: {enabled: false}
patterns:
  any_of:
    parades:
      label: {ja: パレード, en: parades}
      when: [{metric: parades, at_least: 1}]
      weights: {parade: 1, ride: 0}
    rides:
      when: [{metric: rides, at_least: 1}]
      weights: {parade: 0, ride: 1}
"""


@pytest.fixture
async def park(database_url: str, clock: ManualClock) -> AsyncIterator[Tenant]:
    """Six guests who come for parades, two for rides, one for neither."""
    async with tenant(database_url, clock, load_model(PARK, "park.yaml")) as made:
        now, seen = clock.now(), []
        for guest, visits in enumerate((4, 4, 3, 2, 2, 1)):
            seen += [use(f"p{guest}", "parade", now - n * DAY_MS, number=n) for n in range(visits)]
        for guest in range(2):
            seen += [use(f"r{guest}", "ride", now - n * DAY_MS, number=n) for n in range(4)]
        seen.append(use("idle", "walk", now))
        await made.take(seen)
        yield made


@pytest.fixture
async def client(park: Tenant, tmp_path: Path) -> AsyncIterator[AsyncClient]:
    async with door([make_router(park.member)], tmp_path).client() as made:
        yield made


async def read(client: AsyncClient, by: str) -> dict[str | None, dict[str, Any]]:
    answer = await client.get("/v1/segments", params={"by": by})
    TypeAdapter(SegmentList).validate_json(answer.content)
    said = cast(list[dict[str, Any]], answer.json()["segments"])
    return {one["key"]: one for one in said}


async def test_guests_are_read_by_what_they_come_for(client: AsyncClient) -> None:
    found = await read(client, "pattern")
    assert {key: one["accounts"] for key, one in found.items()} == {"parades": 6, "rides": 2, None: 1}
    parades = found["parades"]
    assert (parades["health_mean"], parades["health_median"], parades["health_known"]) == (66.7, 62.5, 6)
    assert parades["bands"]["healthy"] == {"accounts": 3, "share": 0.5}
    assert sum(band["accounts"] for band in parades["bands"].values()) == 6
    assert (parades["label"]["ja"], parades["too_small"]) == ("パレード", False)


async def test_a_small_segment_says_that_it_is_and_gives_no_mean(client: AsyncClient) -> None:
    rides = (await read(client, "pattern"))["rides"]
    assert (rides["too_small"], rides["health_mean"], rides["health_known"]) == (True, None, 2)


async def test_any_attribute_tells_accounts_apart(client: AsyncClient, park: Tenant) -> None:
    at = park.clock.now()
    told = {"p0": "VIP", "p1": "VIP", "p2": "day guest"}
    await park.take([statement(account, at, category=said) for account, said in told.items()])
    found = await read(client, "category")
    assert {key: one["accounts"] for key, one in found.items()} == {"VIP": 2, "day guest": 1, None: 6}


async def test_who_left_is_counted_beside_who_is_here_by_account_and_by_amount(
    client: AsyncClient, park: Tenant
) -> None:
    at = park.clock.now()
    await park.take([statement(f"p{n}", at, acv=5_000_000 * (n + 1), currency="JPY") for n in range(2)])
    await park.take([use("p0", "left", at)])
    parades = (await read(client, "phase"))["start"]
    assert (parades["accounts"], parades["amounts"]) == (8, {"JPY": 10})
    assert parades["churned"] == {"accounts": 1, "share": pytest.approx(1 / 9, abs=1e-4), "amounts": {"JPY": 5}}
    park.clock.move_to(at + 91 * DAY_MS)
    assert (await read(client, "phase"))["start"]["churned"]["accounts"] == 0


async def test_newly_flagged_are_those_of_the_last_week(scoring: Tenant, clock: ManualClock, tmp_path: Path) -> None:
    everyone = [days_of_use(f"a{n}", clock.now(), 60) for n in range(8)]
    everyone.append(days_of_use("sad", clock.now(), 60, trouble=8))
    await scoring.take([one for some in everyone for one in some])
    async with door([make_router(scoring.member)], tmp_path).client() as client:
        (low,) = (await read(client, "touch")).values()
        assert (low["flagged"], low["newly_flagged"]) == (1, 1)
        clock.move_to(clock.now() + 8 * DAY_MS)
        (low,) = (await read(client, "touch")).values()
        assert (low["flagged"], low["newly_flagged"]) == (1, 0)


async def test_what_accounts_are_not_told_apart_by_is_refused_with_what_they_are(client: AsyncClient) -> None:
    answer = await client.get("/v1/segments", params={"by": "colour"})
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown-segments")
    assert "pattern, cell, phase, touch" in answer.json()["detail"]


async def test_a_model_without_patterns_has_no_segments_by_pattern(scoring: Tenant, tmp_path: Path) -> None:
    async with door([make_router(scoring.member)], tmp_path).client() as client:
        assert (await client.get("/v1/segments", params={"by": "pattern"})).status_code == 400
        assert (await client.get("/v1/segments", params={"by": "phase"})).json()["segments"] == []


@given(st.dictionaries(st.integers(0, 100), st.integers(1, 9), min_size=1))
def test_the_median_of_counts_is_the_median(points: dict[int, int]) -> None:
    spelled = [float(point) for point, times in points.items() for _ in range(times)]
    assert median({float(point): times for point, times in points.items()}) == statistics.median(spelled)
