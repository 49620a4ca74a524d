"""The journey by API: the table with live numbers, its export, an account's history of phases and its estimate."""

from __future__ import annotations

import csv
import io
import itertools
import json
from typing import Any

from pydantic import TypeAdapter

from banso_common.clock import DAY_MS
from banso_scoring.api.journey import examples_journey
from banso_scoring.api.journey.journey_table_shapes import JourneyTable
from banso_scoring.sweep import Sweep
from tests.scoring.api.given import Door, Tenant, use


async def lived(scoring: Tenant, days: int = 40) -> None:
    """Two accounts day by day: `busy` is used on every day, `idle` on two in all."""
    clock, sweep = scoring.clock, Sweep(scoring.member)
    start = clock.now()
    for day in range(days):
        clock.move_to(start + day * DAY_MS)
        made = [use("busy", "report.created", clock.now(), user="ann")]
        if day < 2:
            made.append(use("idle", "report.created", clock.now(), user="bob"))
        await scoring.take(made)
        await sweep(clock.now())


async def got(api: Door, path: str) -> Any:
    async with api.client() as client:
        answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_table_counts_who_is_where_and_how_near(api: Door, scoring: Tenant) -> None:
    await lived(scoring)
    async with api.client() as client:
        raw = (await client.get("/v1/journey")).content
    table = TypeAdapter(JourneyTable).validate_json(raw, strict=True)
    rows = {row.key: row for row in table.phases}
    assert table.accounts == 2
    first = rows["implementation"]
    assert (first.live.accounts, first.live.goal_met, first.live.goal[0].share) == (1, 0, 0.0)
    # the metric counts from the 14th day on, then the goal has to hold for three days; in operation for 14
    assert (first.live.passed, first.live.passed_days_median, first.live.days_median) == (1, 16, 39)
    assert rows["adoption"].live.accounts == 1
    assert (rows["operation"].live.passed, rows["operation"].live.passed_days_median) == (1, 14)
    assert rows["operation"].next == "adoption" and rows["adoption"].lapse_to == "operation"


async def test_an_account_tells_every_phase_that_it_went_through(api: Door, scoring: Tenant) -> None:
    await lived(scoring)
    detail = await got(api, "/v1/accounts/busy")
    stays = detail["phases"]
    assert [(stay["phase"], stay["left_by"]) for stay in stays] == [
        ("implementation", "passed"),
        ("operation", "passed"),
        ("adoption", None),
    ]
    assert all(before["left_on"] == after["entered_on"] for before, after in itertools.pairwise(stays))
    assert stays[-1]["phase"] == detail["phase"]["key"] and detail["phase"]["term"] == 1
    assert detail["phase"]["entered_on"] == stays[-1]["entered_on"]


async def test_an_estimate_is_a_range_of_days_or_a_reason(api: Door, scoring: Tenant) -> None:
    await lived(scoring)
    await scoring.tell("busy", renewal_at=scoring.clock.now() + 200 * DAY_MS)
    known = (await got(api, "/v1/accounts/busy"))["phase"]["estimate"]
    assert known["cannot_say"] is None
    assert known["days_low"] == known["days"] == known["days_high"] == 111, "a clock is exact"
    unknown = (await got(api, "/v1/accounts/idle"))["phase"]["estimate"]
    assert unknown["days"] is None and unknown["metric"] == "active_days"
    assert unknown["cannot_say"] == "too-little-data", "the metric speaks from the 14th day on"


async def test_ended_accounts_are_in_no_phase_of_the_table(api: Door, scoring: Tenant) -> None:
    await lived(scoring, 3)
    await scoring.take([use("idle", "contract.ended", scoring.clock.now())])
    assert (await got(api, "/v1/journey"))["accounts"] == 1


async def test_the_export_has_a_row_for_each_phase_in_either_language(api: Door, scoring: Tenant) -> None:
    await lived(scoring, 3)
    async with api.client() as client:
        sheet = await client.get("/v1/journey/export?format=csv&lang=ja")
        page = await client.get("/v1/journey/export?format=md")
        wrong = await client.get("/v1/journey/export?format=xlsx")
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    assert sheet.headers["content-disposition"].startswith('attachment; filename="journey-20')
    rows = list(csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    phases = [row for row in rows if not row["セル"]]
    assert [row["フェーズ"] for row in phases] == [p.labels["ja"] for p in scoring.member.model.journey]
    assert phases[0]["顧客数"] == "2"
    assert page.text.startswith("| phase | cell | do | experience | services | goal |")
    assert wrong.status_code == 422


def test_the_example_is_an_answer_that_could_have_been_given() -> None:
    TypeAdapter(JourneyTable).validate_json(json.dumps(examples_journey.TABLE), strict=True)
