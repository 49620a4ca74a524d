"""A goal held against the stored past, by API: the shape, the numbers of a small past, what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from banso_common.clock import DAY_MS, HOUR_MS
from banso_common.contracts.account_activity import AccountActivity
from banso_scoring.api.journey import examples_goals
from banso_scoring.api.journey.goal_shapes import GoalCalibration
from tests.scoring.api.given import Door, Tenant, use

PATH = "/v1/journey/implementation/calibration"
ASKED = "landmark_days=30&follow_days=30"


async def a_past(scoring: Tenant) -> None:
    """Forty accounts over 80 days: the even ones are used on every day, the odd ones on every tenth and leave on
    their 50th day; one leaves on its fifth."""
    clock, start = scoring.clock, scoring.clock.now() - scoring.clock.now() % DAY_MS + DAY_MS
    for day in range(80):
        at = start + day * DAY_MS + HOUR_MS
        clock.move_to(at)
        made: list[AccountActivity] = []
        for number in range(40):
            name, end = f"a{number}", 5 if number == 39 else 50 if number % 2 else 1_000
            if day < end and (number % 2 == 0 or day % 10 == 0):
                made.append(use(name, "report.created", at, user="ann"))
            if day == end:
                made.append(use(name, "contract.ended", at))
        await scoring.take(made)


async def got(api: Door, query: str) -> Any:
    async with api.client() as client:
        return await client.get(f"{PATH}?{query}")


async def test_a_goal_is_held_against_who_left_and_who_stayed(api: Door, scoring: Tenant) -> None:
    await a_past(scoring)
    answer = await got(api, f"{ASKED}&at_least=8")
    found = TypeAdapter(GoalCalibration).validate_json(answer.content, strict=True)
    assert (found.accounts, found.entered, found.metric, found.dwell_days) == (40, 40, "active_days", 3)
    point = found.candidate
    assert point is not None and point.threshold == 8
    assert (point.passing.count, point.passing.of) == (20, 40), "who left early counts as not having passed"
    assert (point.passed.churned.count, point.passed.churned.of) == (0, 20)
    assert (point.kept.churned.count, point.kept.churned.of) == (19, 19), "but is not compared"
    assert point.less_churn.low is not None and point.less_churn.low > 0.7
    assert point.reading == "tells"
    assert point.passed.health is not None and point.more_health.value is None, "who left has no score"
    assert found.knows_ends and found.best is not None
    shares = [one.passing.share for one in found.curve]
    assert shares == sorted(shares, key=lambda share: -(share or 0))


async def test_a_candidate_may_have_several_conditions(api: Door, scoring: Tenant) -> None:
    await a_past(scoring)
    found = (await got(api, f"{ASKED}&at_least=8&also=users+%3E%3D+2")).json()
    assert found["others"] == [{"metric": "users", "at_least": 2.0, "at_most": None}]
    assert found["candidate"]["passing"]["count"] == 0, "ann is alone everywhere"
    eased = (await got(api, f"{ASKED}&at_least=8&also=users+%3E%3D+1")).json()
    assert eased["candidate"]["passing"]["count"] == 20


async def test_asked_again_the_same_is_said_with_the_same_tag(api: Door, scoring: Tenant) -> None:
    await a_past(scoring)
    first = await got(api, ASKED)
    async with api.client(**{"If-None-Match": first.headers["etag"]}) as client:
        assert (await client.get(f"{PATH}?{ASKED}")).status_code == 304


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/journey/nowhere/calibration", 400),
        (f"{PATH}?metric=nothing", 400),
        (f"{PATH}?at_least=1&at_most=2", 400),
        (f"{PATH}?also=users+5", 400),
        (f"{PATH}?also=nothing+%3E%3D+5", 400),
        (f"{PATH}?at_least=nan", 422),
        (f"{PATH}?threshold=3", 422),
        (f"{PATH}?dwell_days=0", 422),
        (PATH, 400),
    ],
)
async def test_what_cannot_be_asked_is_refused(api: Door, path: str, status: int) -> None:
    async with api.client() as client:
        assert (await client.get(path)).status_code == status


def test_the_example_is_an_answer_that_could_have_been_given() -> None:
    TypeAdapter(GoalCalibration).validate_json(json.dumps(examples_goals.CALIBRATION), strict=True)
