"""`GET /v1/accounts/{account}/explain`: from the score that was shown to the one that is, in parts that add up."""

from __future__ import annotations

from importlib.resources import files
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import pytest
from httpx import AsyncClient
from pydantic import TypeAdapter
from sqlalchemy import update

from banso_common.clock import DAY_MS, HOUR_MS, iso
from banso_common.db.transaction import reading, transaction
from banso_scoring import cohort_store
from banso_scoring import tables as t
from banso_scoring.api.explain.explain import explanation
from banso_scoring.api.explain.explain_shapes import Explanation
from banso_scoring.api.render import day_text
from banso_scoring.model.load import load_model
from banso_scoring.sweep import Sweep
from tests.scoring.api.given import Tenant, days_of_use, statement, use

SMOOTH = files("banso_scoring.model").joinpath("default.yaml").read_text(encoding="utf-8")


async def _explain(client: AsyncClient, account: str, **query: Any) -> dict[str, Any]:
    answer = await client.get(f"/v1/accounts/{quote(account)}/explain", params=query)
    assert answer.status_code == 200, answer.text
    TypeAdapter(Explanation).validate_json(answer.content)
    found: dict[str, Any] = answer.json()
    for part in found["parts"]:
        assert sum(line["micro"] for line in part["lines"]) == part["micro"] or part["kind"] in ("not-kept", "model")
    total = sum(part["micro"] for part in found["parts"])
    if found["status"] == "change":
        assert total == found["change_micro"] == found["after"]["score_micro"] - found["before"]["score_micro"]
    elif found["status"] == "new-score":
        assert total == found["after"]["score_micro"]
    return found


async def _lived(scoring: Tenant, days: int) -> int:
    """Some accounts, one of which meets trouble, over some days that the sweep closes."""
    begin = scoring.clock.now()
    made = [one for number in range(12) for one in days_of_use(f"usual/{number:02d}", begin, 30)]
    await scoring.take([*made, *days_of_use("bad", begin, 30), statement("bad", begin, seats=9)])
    await Sweep(scoring.member)(begin)
    for day in range(days):
        now = begin + day * DAY_MS
        scoring.clock.move_to(now)
        await Sweep(scoring.member)(now)
        events = [use("bad", "export error", now + HOUR_MS, user="u1", number=n) for n in range(3 * day)]
        await scoring.take([*events, use("bad", "report.created", now + HOUR_MS, user="u2", number=day)])
    scoring.clock.move_to(begin + days * DAY_MS)
    await Sweep(scoring.member)(scoring.clock.now())
    return scoring.member.today()


async def test_a_fall_is_told_by_the_errors_that_came_and_by_the_time_that_passed(
    scoring: Tenant, client: AsyncClient
) -> None:
    today = await _lived(scoring, 6)
    found = await _explain(client, "bad", **{"from": day_text(today - 5)})
    shown = (await client.get("/v1/accounts/bad")).json()
    kept = {row["day"]: row["score"] for row in shown["history"]}
    assert found["after"]["score"] == pytest.approx(shown["summary"]["score"], abs=0.51)
    assert found["before"]["score"] == kept[day_text(today - 5)]
    first = found["parts"][0]
    assert (first["kind"], first["name"], first["events"]) == ("facts", "export error", 42)
    assert first["micro"] < 0
    assert {line["metric"] for line in first["lines"]} >= {"trouble", "friction_rate"}
    assert first["label"]["ja"] == "「export error」42件"
    assert (found["before"]["cohort_kept"], found["before"]["model_kept"]) == (True, True)
    assert "not-kept" not in {part["kind"] for part in found["parts"]}


async def test_every_step_of_the_history_can_be_asked_why(scoring: Tenant, client: AsyncClient) -> None:
    await _lived(scoring, 6)
    history = (await client.get("/v1/accounts/bad")).json()["history"]
    assert len(history) > 2
    for before, after in pairwise(history):
        found = await _explain(client, "bad", **{"from": before["day"], "to": after["day"]})
        assert found["before"]["score"] == before["score"]
        assert found["after"]["score"] == after["score"]


async def test_by_default_it_tells_of_the_time_since_the_close_of_yesterday(
    scoring: Tenant, client: AsyncClient
) -> None:
    today = await _lived(scoring, 3)
    found = await _explain(client, "bad")
    assert (found["before"]["day"], found["after"]["day"]) == (day_text(today - 1), day_text(today))
    assert [part["kind"] for part in found["parts"] if part["kind"] == "facts"] == []
    scoring.clock.move_to(scoring.clock.now() + HOUR_MS)
    await scoring.take([use("bad", "rating given", scoring.clock.now()), use("bad", "a", scoring.clock.now())])
    later = await _explain(client, "bad")
    assert {part["name"] for part in later["parts"] if part["kind"] == "facts"} == {"rating given", "a"}
    assert await _explain(client, "bad", to=iso(scoring.clock.now())) == later


async def test_seats_that_were_said_since_are_a_part_of_their_own(scoring: Tenant, client: AsyncClient) -> None:
    await _lived(scoring, 2)
    await scoring.tell("bad", seats=90)
    found = await _explain(client, "bad")
    (part,) = (part for part in found["parts"] if part["kind"] == "attributes")
    assert {line["metric"] for line in part["lines"]} >= {"users_per_seat"}


async def test_an_account_that_is_new_has_its_score_explained_and_no_change(
    scoring: Tenant, client: AsyncClient
) -> None:
    await _lived(scoring, 2)
    now = scoring.clock.now()
    await scoring.take([use("fresh/one", "report.created", now, user="u", number=n) for n in range(30)])
    found = await _explain(client, "fresh/one")
    assert (found["status"], found["change_micro"], found["before"]["score"]) == ("new-score", None, None)
    assert {part["kind"] for part in found["parts"]} <= {"dimension", "ceiling"}
    assert found["parts"][0]["label"]["en"]


@pytest.mark.parametrize(
    "query", [{"from": "soon"}, {"from": "2999-01-01"}, {"to": "2999-01-01"}, {"from": "1900-01-01"}, {"to": "x" * 99}]
)
async def test_a_span_that_cannot_be_is_refused(scoring: Tenant, client: AsyncClient, query: dict[str, str]) -> None:
    await _lived(scoring, 1)
    answer = await client.get("/v1/accounts/bad/explain", params=query)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


async def test_an_account_that_is_not_there_is_not_found(client: AsyncClient) -> None:
    assert (await client.get("/v1/accounts/nobody/explain")).status_code == 404


async def test_where_the_model_of_that_time_is_gone_the_receipt_says_so_and_still_adds_up(scoring: Tenant) -> None:
    today = await _lived(scoring, 4)
    async with reading(scoring.member.engine) as tx:
        found = await explanation(tx, scoring.member, "bad", (day_text(today - 3), None), lambda version: None)
    assert found is not None
    assert (found.before.model_kept, found.after.model_kept) == (False, False)
    assert found.change_micro == sum(part.micro for part in found.parts) != 0


async def test_another_model_is_a_part_of_its_own_after_all_that_came(scoring: Tenant) -> None:
    today = await _lived(scoring, 4)
    kinder = SMOOTH.replace("weight: 30", "weight: 3")
    other = load_model(kinder, "kinder.yaml")
    async with transaction(scoring.member.engine) as tx:
        await tx.execute(update(t.history).values(model_version=other.version))
        await cohort_store.keep(tx, today - 3, other.version, scoring.member.cohort)
    models = {other.version: other, scoring.member.model.version: scoring.member.model}
    async with reading(scoring.member.engine) as tx:
        found = await explanation(tx, scoring.member, "bad", (day_text(today - 3), None), models.get)
    assert found is not None
    assert (found.before.model_version, found.after.model_version) == tuple(models)
    assert found.change_micro == sum(part.micro for part in found.parts)
    (part,) = (part for part in found.parts if part.kind == "model")
    assert part.micro < 0
    assert {line.dimension for line in part.lines} > {"smoothness"}
