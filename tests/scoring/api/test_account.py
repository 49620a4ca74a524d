"""`GET /v1/accounts/{account}`: the same score as in the list, with all that it was made from, from any member."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from httpx import AsyncClient
from pydantic import TypeAdapter

from banso_common.clock import DAY_MS, HOUR_MS
from banso_common.contracts.account_activity import MICRO
from banso_common.db.transaction import reading
from banso_scoring import facts_store
from banso_scoring.api.detail_shapes import AccountDetail
from banso_scoring.api.routes import make_router
from banso_scoring.member import Member
from banso_scoring.sweep import Sweep
from tests.scoring.api.given import Door, Tenant, days_of_use, door, statement, use

SHOW = "/v1/accounts/"


async def _get(client: AsyncClient, account: str, **query: Any) -> dict[str, Any]:
    answer = await client.get(SHOW + quote(account), params=query)
    assert answer.status_code == 200, answer.text
    TypeAdapter(AccountDetail).validate_json(answer.content)
    found: dict[str, Any] = answer.json()
    return found


def _cohort(now: int, count: int = 60) -> list[Any]:
    """Accounts that set what is usual: a little trouble, and a ticket now and then."""
    made = []
    for number in range(count):
        name = f"usual/{number:02d}"
        made += days_of_use(name, now, 30, per_day=4)
        made += [use(name, "export error", now - day * DAY_MS, number=day) for day in (3, 9)]
        made += [use(name, "ticket.opened", now - 5 * DAY_MS, user="u1", number=n) for n in range(number % 3)]
    return made


async def test_the_page_of_an_account_says_what_its_row_in_the_list_says(scoring: Tenant, client: AsyncClient) -> None:
    now = scoring.clock.now()
    await scoring.take([*_cohort(now, 8), *days_of_use("bad", now, 30, trouble=9), statement("new", now, name="N")])
    await Sweep(scoring.member)(now)
    rows = (await client.get("/v1/accounts", params={"limit": 500})).json()["accounts"]
    assert {row["band"] for row in rows} > {"unknown", "healthy"}
    for row in rows:
        assert (await _get(client, row["account"]))["summary"] == row


async def test_a_member_that_owns_nothing_gives_the_same_bytes_as_the_owner(
    scoring: Tenant, client: AsyncClient, tmp_path: Path
) -> None:
    now = scoring.clock.now()
    await scoring.take([*_cohort(now), *days_of_use("BBB/2014J/1", now, 40, trouble=6)])
    scoring.clock.move_to(now + DAY_MS)  # what is usual is stored when a day is closed
    await Sweep(scoring.member)(scoring.clock.now())
    owner = scoring.member
    other = Member(owner.engine, owner.model, owner.settings, scoring.clock)
    async with door([make_router(other)], tmp_path / "other").client() as there:
        for account in ("BBB/2014J/1", "usual/07"):
            mine, theirs = await client.get(SHOW + account), await there.get(SHOW + account)
            assert mine.content == theirs.content
    assert not other.claims


async def test_facts_count_whether_the_journal_still_holds_them_or_not(scoring: Tenant, client: AsyncClient) -> None:
    now = scoring.clock.now()
    await scoring.take(days_of_use("acme", now, 40, trouble=2))
    before = await client.get(SHOW + "acme")
    await Sweep(scoring.member)(now)
    async with reading(scoring.member.engine) as tx:
        assert await facts_store.of_accounts(tx, ["acme"], 0)
    after = await client.get(SHOW + "acme")
    assert after.json()["metrics"] == before.json()["metrics"]
    assert after.json()["evidence"]["channels"][0]["seen"] == 28


async def test_the_numbers_are_those_of_the_facts(scoring: Tenant, client: AsyncClient) -> None:
    now = scoring.clock.now()
    said: dict[str, Any] = {"name": "Acme", "seats": 6, "owner_name": "佐藤", "category": "new", "acv": 5 * MICRO // 2}
    await scoring.take([statement("acme", now - 20 * DAY_MS, **said), *days_of_use("acme", now, 20, trouble=3)])
    found = await _get(client, "acme")
    values = {metric["name"]: metric["value"] for metric in found["metrics"]}
    assert {name: values[name] for name in ("days_since_active", "active_days", "users", "users_per_seat")} == {
        "days_since_active": 1.0,
        "active_days": 20.0,
        "users": 3.0,
        "users_per_seat": 0.5,
    }
    assert values["renewal_in_days"] is None
    assert found["summary"]["acv"] == 2.5
    assert found["attributes"] | {"seats": 6, "owner_name": "佐藤", "category": "new"} == found["attributes"]
    assert found["attributes"]["contact_email"] is None
    evidence = found["evidence"]
    error = next(channel for channel in evidence["channels"] if channel["channel"] == "error")
    assert evidence["window_days"] == 16, "trouble came in the last 14 of 20 days"
    assert (error["seen"], error["users"], evidence["attempts"]) == (42, 3, 15 * 4 + 42)
    assert error["expected"] < error["seen"]
    assert found["facts"] == {
        "first_event_on": "2026-02-10",
        "last_event_on": "2026-03-01",
        "window_from": "2025-10-28",
        "window_to": "2026-03-02",
        "days_with_facts": 20,
    }


async def test_without_a_source_of_contacts_contact_is_unknown_and_not_zero(
    scoring: Tenant, client: AsyncClient
) -> None:
    await scoring.take(days_of_use("acme", scoring.clock.now(), 20, trouble=3))
    evidence = (await _get(client, "acme"))["evidence"]
    assert [evidence[name] for name in ("contacts_seen", "contacts_expected", "no_contact_probability")] == [None] * 3


async def test_who_is_in_trouble_and_silent_is_flagged_with_the_day_it_began_and_the_chance_of_the_silence(
    scoring: Tenant, client: AsyncClient
) -> None:
    now = scoring.clock.now()
    await scoring.take(_cohort(now))
    await Sweep(scoring.member)(now)
    await scoring.take(days_of_use("bad", now, 30, trouble=12))
    scoring.clock.move_to(now + DAY_MS)
    await Sweep(scoring.member)(now + DAY_MS)
    found = await _get(client, "bad")
    signal = next(signal for signal in found["signals"] if signal["kind"] == "silent-struggling")
    assert signal["severity"] == "critical"
    assert signal["opened_on"] == "2026-03-01", "the newest day that was over when its past became known"
    assert signal["episode"] == 1
    assert found["evidence"]["contacts_seen"] == 0
    assert found["evidence"]["contacts_expected"] > 0
    assert 0 < found["evidence"]["no_contact_probability"] < 1
    assert [one["kind"] for one in found["signals"]] == found["summary"]["signals"]


async def test_the_goal_says_how_far_each_condition_is_and_which_one_blocks(
    scoring: Tenant, client: AsyncClient
) -> None:
    now = scoring.clock.now()
    await scoring.take([use("acme", "report.created", now - day * DAY_MS, number=day) for day in (1, 50)])
    phase = (await _get(client, "acme"))["phase"]
    (condition,) = phase["goal"]
    assert (condition["value"], condition["at_least"], condition["progress"], condition["met"]) == (
        1.0,
        4.0,
        0.25,
        False,
    )
    assert (phase["key"], phase["next"], phase["days"], phase["expected_days"]) == (
        "implementation",
        "operation",
        50,
        45,
    )
    assert (phase["blocked_by"], phase["stalled"], phase["held_since"]) == (["active_days"], True, None)


async def test_the_history_holds_the_days_on_which_something_changed_and_how_the_window_began(
    scoring: Tenant, client: AsyncClient
) -> None:
    now = scoring.clock.now()
    await scoring.take(days_of_use("acme", now, 30))
    for day in range(1, 41):
        scoring.clock.move_to(now + day * DAY_MS)
        await Sweep(scoring.member)(scoring.clock.now())
    whole = (await _get(client, "acme", history_days=730))["history"]
    days = [entry["day"] for entry in whole]
    assert days == sorted(set(days))
    assert "2026-03-02" <= days[0] <= days[-1] <= "2026-04-10"
    scores = [entry["score"] for entry in whole]
    assert scores[-1] < scores[0], "silence alone lowers a score"
    short = (await _get(client, "acme", history_days=5))["history"]
    inside = [entry for entry in whole if entry["day"] >= "2026-04-06"]
    earlier = [entry for entry in whole if entry["day"] < "2026-04-06"]
    assert short == [*earlier[-1:], *inside]


async def test_the_day_is_the_account_s_own(scoring: Tenant, client: AsyncClient) -> None:
    scoring.clock.move_to(scoring.clock.now() + 10 * HOUR_MS)
    await scoring.tell("tokyo", time_zone="Asia/Tokyo")
    await scoring.tell("utc", name="U")
    assert [(await _get(client, account))["day"] for account in ("tokyo", "utc")] == ["2026-03-03", "2026-03-02"]


@pytest.mark.parametrize("account", ["a/b//c", "?x=1#y", "100%", "日本 語", "<b>&\"'", "history", "a/../b/."])
async def test_any_id_is_found_by_its_encoded_path(scoring: Tenant, client: AsyncClient, account: str) -> None:
    await scoring.tell(account, name="N")
    answer = await client.get(SHOW + quote(account, safe=""))
    assert answer.json()["summary"]["account"] == account


@pytest.mark.parametrize("below", ["explain", "as-of", "objectives/k"])
async def test_an_account_whose_id_ends_as_an_address_does_is_not_taken_for_another(
    scoring: Tenant, client: AsyncClient, below: str
) -> None:
    now, own = scoring.clock.now(), f"acme/{below}"
    await scoring.take([*days_of_use("acme", now, 10), *days_of_use(own, now, 5)])
    at = SHOW + quote(own, safe="")
    assert (await client.get(at)).json()["summary"]["account"] == own
    assert (await client.get(f"{at}/explain")).json()["account"] == own
    assert (await client.get(f"{SHOW}nobody%2F{quote(below, safe='')}")).status_code == 404
    assert (await client.get(f"{SHOW}acme/explain")).json()["account"] == "acme"


@pytest.mark.parametrize("path", ["nobody", "", "a/b/c", "%00", "%ff%fe", "x" * 2_000])
async def test_an_account_that_is_not_there_is_not_found(client: AsyncClient, path: str) -> None:
    answer = await client.get(SHOW + path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("days", ["-1", "731", "x"])
async def test_a_history_of_no_length_is_refused(client: AsyncClient, days: str) -> None:
    answer = await client.get(SHOW + "acme", params={"history_days": days})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_what_did_not_change_is_not_sent_again(scoring: Tenant, client: AsyncClient) -> None:
    await scoring.take(days_of_use("acme", scoring.clock.now(), 10))
    tag = (await client.get(SHOW + "acme")).headers["etag"]
    known = {"If-None-Match": tag}
    assert (await client.get(SHOW + "acme", headers=known)).status_code == 304
    await scoring.take([use("acme", "report.created", scoring.clock.now())])
    assert (await client.get(SHOW + "acme", headers=known)).status_code == 200


async def test_nobody_reads_without_a_key(api: Door) -> None:
    async with api.client("banso_wrong") as client:
        assert (await client.get(SHOW + "acme")).status_code == 401


async def test_an_answer_is_of_one_instant_though_it_takes_several_statements(scoring: Tenant) -> None:
    await scoring.take(days_of_use("acme", scoring.clock.now(), 3))
    async with reading(scoring.member.engine) as tx:
        before = await facts_store.of_accounts(tx, ["acme"], 0)
        await scoring.take([use("acme", "export error", scoring.clock.now())])
        after = await facts_store.of_accounts(tx, ["acme"], 0)
    assert set(before) == set(after)
