"""`GET /v1/accounts/{account}/as-of`: late facts change what is true of a day, and not what was known of it."""

from __future__ import annotations

from typing import Any

from httpx import AsyncClient
from msgspec import structs
from pydantic import TypeAdapter

from banso_common.clock import DAY_MS, HOUR_MS
from banso_scoring.api.explain.as_of_shapes import AsOf
from banso_scoring.api.render import day_text
from banso_scoring.sweep import Sweep
from tests.scoring.api.given import Tenant, days_of_use, statement, use


async def _as_of(client: AsyncClient, account: str, day: int) -> dict[str, Any]:
    answer = await client.get(f"/v1/accounts/{account}/as-of", params={"day": day_text(day)})
    assert answer.status_code == 200, answer.text
    TypeAdapter(AsOf).validate_json(answer.content)
    found: dict[str, Any] = answer.json()
    return found


async def _receipt(client: AsyncClient, account: str, day: int) -> dict[str, Any]:
    answer = await client.get(f"/v1/accounts/{account}/explain", params={"from": day_text(day)})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_late_facts_correct_what_is_true_and_never_what_was_known(scoring: Tenant, client: AsyncClient) -> None:
    begin = scoring.clock.now()
    usual = [one for number in range(12) for one in days_of_use(f"usual/{number:02d}", begin, 40)]
    await scoring.take([*usual, *days_of_use("acme", begin, 40)])
    day = scoring.member.today()
    scoring.clock.move_to(begin + DAY_MS)
    await Sweep(scoring.member)(scoring.clock.now())
    before = await _as_of(client, "acme", day)
    assert before["known_then"] == before["true_now"]
    assert before["late"] == []
    assert before["cohort_kept"]
    receipt = await _receipt(client, "acme", day)
    late = [use("acme", "export error", begin - DAY_MS + n, user="u1", number=n) for n in range(60)]
    heard = scoring.clock.now()
    await scoring.take([structs.replace(one, received_at=heard) for one in late])
    after = await _as_of(client, "acme", day)
    assert after["known_then"] == before["known_then"]
    assert after["shown_then"] == before["shown_then"]
    assert after["true_now"]["score"] < before["true_now"]["score"]
    rates = [one["true_now"]["metrics"]["friction_rate"] or 0.0 for one in (before, after)]
    assert rates[1] > rates[0]
    assert after["known_then"]["metrics"]["friction_rate"] == before["true_now"]["metrics"]["friction_rate"]
    assert after["late"] == [
        {"name": "export error", "events": 60, "first_day": day_text(day - 1), "known_on": day_text(day + 1)}
    ]
    assert after["shown_then"]["score"] == round(after["known_then"]["score"])
    again = await _receipt(client, "acme", day)
    assert again["before"] == receipt["before"], "what a receipt begins with is not rewritten either"
    assert "not-kept" not in {part["kind"] for part in again["parts"]}


async def test_what_was_said_then_is_shown_though_it_was_replaced_since(scoring: Tenant, client: AsyncClient) -> None:
    begin, today = scoring.clock.now(), scoring.member.today()
    said = [statement("acme", begin - 20 * DAY_MS, seats=2), statement("acme", begin - 5 * DAY_MS, seats=200)]
    await scoring.take([*days_of_use("acme", begin, 40), *said])
    found = [await _as_of(client, "acme", today - ago) for ago in (10, 2)]
    share = [one["true_now"]["metrics"]["users_per_seat"] for one in found]
    assert share[0] == 100 * share[1] > 0
    await Sweep(scoring.member)(scoring.clock.now())
    assert (await _as_of(client, "acme", today - 10))["true_now"]["metrics"]["users_per_seat"] == share[0]


async def test_a_day_before_the_account_was_known_is_not_found_and_no_day_is_refused(
    scoring: Tenant, client: AsyncClient
) -> None:
    await scoring.take(days_of_use("acme", scoring.clock.now(), 5))
    today = scoring.member.today()
    for account, day, status in (
        ("acme", day_text(today - 40), 404),
        ("nobody", day_text(today), 404),
        ("acme", "yesterday", 422),
        ("a\0b", day_text(today), 404),
    ):
        answer = await client.get(f"/v1/accounts/{account.replace(chr(0), '%00')}/as-of", params={"day": day})
        assert answer.status_code == status, (account, day)
        assert answer.headers["content-type"] == "application/problem+json"


async def test_nothing_is_said_of_a_day_that_has_not_begun_where_the_account_is(
    scoring: Tenant, client: AsyncClient
) -> None:
    await scoring.take(days_of_use("utc", scoring.clock.now(), 10))
    await scoring.tell("tokyo", time_zone="Asia/Tokyo")
    scoring.clock.move_to(scoring.clock.now() + 10 * HOUR_MS)
    await scoring.take([use("tokyo", "report.created", scoring.clock.now())])
    tomorrow = day_text(scoring.member.today() + 1)
    answers = [await client.get(f"/v1/accounts/{one}/as-of", params={"day": tomorrow}) for one in ("utc", "tokyo")]
    assert [one.status_code for one in answers] == [422, 200], "it is tomorrow in Tokyo already"
    assert answers[0].json()["code"] == "invalid"
    far = await client.get("/v1/accounts/tokyo/as-of", params={"day": "2099-01-01"})
    assert far.status_code == 422
