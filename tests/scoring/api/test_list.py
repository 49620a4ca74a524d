"""`GET /v1/accounts`: every account once, in the order that was asked, and only what was asked."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from httpx import AsyncClient, Response

from banso_common.clock import DAY_MS, MINUTE_MS, iso
from banso_common.contracts.account_activity import MICRO
from banso_common.http.keys import Scope
from tests.scoring.api.given import Door, Tenant, days_of_use, statement, use

LIST = "/v1/accounts"


async def _fill(scoring: Tenant, count: int = 12) -> list[str]:
    """Accounts of several bands: the first third works well, the second is in trouble, of the rest little is known."""
    now = scoring.clock.now()
    names = [f"a/{number:02d}" for number in range(count)]
    made = []
    for number, name in enumerate(names):
        third = number * 3 // count
        said: dict[str, Any] = {"name": f"Firm {number:02d}", "owner_email": f"csm{number % 2}@vendor.example"}
        if number % 4:
            said |= {"acv": (number % 5) * 6_000_000 * MICRO, "currency": "JPY", "renewal_at": now + number * MINUTE_MS}
        made.append(statement(name, now, **said))
        if third < 2:
            made += days_of_use(name, now, 40, trouble=third * 20)
    await scoring.take(made)
    return names


async def _walk(client: AsyncClient, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    for _ in range(100):
        answer = await client.get(LIST, params=query if cursor is None else {**query, "cursor": cursor})
        assert answer.status_code == 200, answer.text
        found += answer.json()["accounts"]
        cursor = answer.json()["next"]
        if cursor is None:
            return found
    raise AssertionError("the walk does not end")


def _problem(answer: Response, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code


async def test_a_row_shows_who_the_account_is_how_it_fares_and_since_when(scoring: Tenant, client: AsyncClient) -> None:
    now = scoring.clock.now()
    said: dict[str, Any] = {
        "name": "Acme 株式会社",
        "owner_email": "sato@vendor.example",
        "acv": 12_500_000 * MICRO,
        "currency": "JPY",
    }
    await scoring.take([statement("BBB/2014J/1", now - 50 * DAY_MS, **said), *days_of_use("BBB/2014J/1", now, 50)])
    (row,) = (await client.get(LIST)).json()["accounts"]
    assert row["score"] > 50
    assert 0 < row["coverage"] <= 1 and (row.pop("trouble"), row.pop("feed")["state"]) == ("none", "fresh")
    assert {name: row[name] for name in row if name not in ("score", "coverage", "model_version")} == {
        "account": "BBB/2014J/1",
        "name": "Acme 株式会社",
        "owner": "sato@vendor.example",
        "touch": "high",
        "acv": 12_500_000,
        "currency": "JPY",
        "renewal_at": None,
        "band": "healthy",
        "phase": "adoption",
        "phase_entered_on": "2026-02-10",
        "cell": "routine",
        "cell_since": "2026-01-11",
        "ended_on": None,
        "signals": [],
        "last_event_on": "2026-03-01",
        "changed_at": "2026-03-02T09:00:00.000Z",
    }


async def test_who_has_left_says_since_when_has_no_score_and_can_be_asked_for_or_left_out(
    scoring: Tenant, client: AsyncClient
) -> None:
    now = scoring.clock.now()
    await scoring.take([*days_of_use("stays", now, 40), *days_of_use("left", now, 40, trouble=9)])
    await scoring.take([use("left", "contract.ended", now - DAY_MS)])
    rows = {row["account"]: row for row in (await client.get(LIST)).json()["accounts"]}
    assert {name: row["ended_on"] for name, row in rows.items()} == {"stays": None, "left": "2026-03-01"}
    assert (rows["left"]["score"], rows["left"]["signals"]) == (None, [])
    for asked, found in (("true", ["left"]), ("false", ["stays"])):
        assert [row["account"] for row in await _walk(client, ended=asked)] == found


async def test_too_little_data_is_a_null_score_and_an_unknown_band_not_a_zero(
    scoring: Tenant, client: AsyncClient
) -> None:
    await scoring.tell("new", name="New")
    (row,) = (await client.get(LIST)).json()["accounts"]
    assert (row["score"], row["band"], row["coverage"]) == (None, "unknown", 0.0)


@pytest.mark.parametrize(
    ("sort", "field", "down"),
    [
        ("score", "score", False),
        ("-score", "score", True),
        ("name", "name", False),
        ("acv", "acv", False),
        ("-acv", "acv", True),
        ("renewal_at", "renewal_at", False),
        ("changed_at", "changed_at", False),
        ("-changed_at", "changed_at", True),
    ],
)
async def test_a_walk_in_pages_gives_every_account_once_in_order_with_those_without_a_value_last(
    scoring: Tenant, client: AsyncClient, sort: str, field: str, down: bool
) -> None:
    names = await _fill(scoring)
    found = await _walk(client, sort=sort, limit=3)
    assert sorted(row["account"] for row in found) == names
    values = [row[field] for row in found]
    known = [value for value in values if value is not None]
    assert values == sorted(known, reverse=down) + [None] * (len(values) - len(known))
    assert (await _walk(client, sort=sort, limit=500)) == found


async def test_attention_puts_the_gravest_signal_first_then_the_larger_contract_then_the_lower_score(
    scoring: Tenant, client: AsyncClient
) -> None:
    names = await _fill(scoring)
    found = await _walk(client, sort="attention", limit=4)
    assert sorted(row["account"] for row in found) == names
    rank = {"silent-struggling": 0, "struggling": 1, "health-critical": 1, "stalled": 1}
    touch = ["high", "low", "tech", "community"]
    keys = [
        (
            min((rank[kind] for kind in row["signals"]), default=3),
            touch.index(row["touch"]),
            -1 if row["acv"] is None else -row["acv"] - 2,
            101 if row["score"] is None else row["score"],
            row["account"],
        )
        for row in found
    ]
    assert [key[:2] for key in keys] == sorted(key[:2] for key in keys)
    assert {key[0] for key in keys} >= {1, 3}
    assert found[0]["acv"] == max(row["acv"] or 0 for row in found if row["signals"])


async def test_a_walk_neither_skips_nor_repeats_while_accounts_change_and_new_ones_come(
    scoring: Tenant, client: AsyncClient
) -> None:
    names = await _fill(scoring)
    first = (await client.get(LIST, params={"sort": "name", "limit": 5})).json()
    seen = [row["account"] for row in first["accounts"]]
    await scoring.take([use(name, "export error", scoring.clock.now(), number=7) for name in names])
    await scoring.tell("z", name="Aaa, before all that were seen")
    cursor = first["next"]
    while cursor is not None:
        page = (await client.get(LIST, params={"sort": "name", "limit": 5, "cursor": cursor})).json()
        seen += [row["account"] for row in page["accounts"]]
        cursor = page["next"]
    assert seen == names


async def test_a_copy_by_changed_at_misses_nothing_that_changes_during_the_walk(
    scoring: Tenant, client: AsyncClient
) -> None:
    names = await _fill(scoring)
    first = (await client.get(LIST, params={"sort": "changed_at", "limit": 6})).json()
    copy = {row["account"]: row for row in first["accounts"]}
    scoring.clock.move_to(scoring.clock.now() + MINUTE_MS)
    await scoring.tell(names[0], name="Renamed", owner_email="new@vendor.example")
    cursor = first["next"]
    while cursor is not None:
        page = (await client.get(LIST, params={"sort": "changed_at", "limit": 6, "cursor": cursor})).json()
        copy |= {row["account"]: row for row in page["accounts"]}
        cursor = page["next"]
    assert copy == {row["account"]: row for row in await _walk(client)}
    assert copy[names[0]]["name"] == "Renamed"


async def test_filters_let_through_whom_they_say_and_nobody_else(scoring: Tenant, client: AsyncClient) -> None:
    await _fill(scoring)
    everybody = await _walk(client)

    async def shown(**query: Any) -> set[str]:
        return {row["account"] for row in await _walk(client, limit=2, **query)}

    def those(fits: Any) -> set[str]:
        found = {row["account"] for row in everybody if fits(row)}
        assert 0 < len(found) < len(everybody), "a filter that lets all or nobody through proves nothing"
        return found

    assert await shown(band="unknown") == those(lambda row: row["band"] == "unknown")
    two = {"unknown", "healthy"}
    assert await shown(band=sorted(two)) == those(lambda row: row["band"] in two)
    assert await shown(touch="high") == those(lambda row: row["touch"] == "high")
    assert await shown(owner="csm1@vendor.example") == those(lambda row: row["owner"] == "csm1@vendor.example")
    assert await shown(signal="struggling") == those(lambda row: "struggling" in row["signals"])
    assert await shown(q="firm 0") == those(lambda row: row["name"].startswith("Firm 0"))
    assert await shown(q="a/01") == {"a/01"}
    assert await shown(q="%") == set()
    assert await shown(phase="pilot") == set()
    both = those(lambda row: row["band"] == "healthy" and row["owner"] == "csm0@vendor.example")
    assert await shown(band="healthy", owner="csm0@vendor.example") == both


async def test_a_name_that_is_no_ascii_is_found_by_its_own_beginning(scoring: Tenant, client: AsyncClient) -> None:
    await scoring.tell("1", name="École_1")
    await scoring.tell("2", name="株式会社アクメ")
    for q in ("École", "École_", "株式"):
        (row,) = (await client.get(LIST, params={"q": q})).json()["accounts"]
        assert row["name"].startswith(q)
    assert not (await client.get(LIST, params={"q": "Ecole"})).json()["accounts"]


async def test_updated_since_gives_what_changed_then_or_later_in_either_form(
    scoring: Tenant, client: AsyncClient
) -> None:
    await _fill(scoring)
    later = scoring.clock.now() + MINUTE_MS
    scoring.clock.move_to(later)
    await scoring.tell("a/03", owner_email="other@vendor.example")
    local = "2026-03-02T18:01:00+09:00"
    for since in (str(later), iso(later), local, local.replace("+", " ")):
        assert [row["account"] for row in await _walk(client, updated_since=since)] == ["a/03"]
    assert not await _walk(client, updated_since=later + 1)


async def test_what_did_not_change_is_not_sent_again(scoring: Tenant, client: AsyncClient) -> None:
    await _fill(scoring)
    first = await client.get(LIST)
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await client.get(LIST, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    await scoring.tell("a/03", name="Renamed")
    changed = await client.get(LIST, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag
    assert "private" in changed.headers["cache-control"]


async def test_a_cursor_of_another_query_is_refused(scoring: Tenant, client: AsyncClient) -> None:
    await _fill(scoring)
    cursor = (await client.get(LIST, params={"sort": "score", "limit": 2})).json()["next"]
    assert (await client.get(LIST, params={"sort": "score", "limit": 5, "cursor": cursor})).status_code == 200
    for query in ({"sort": "-score"}, {"sort": "score", "band": "watch"}, {"sort": "score", "q": "F"}):
        _problem(await client.get(LIST, params={**query, "cursor": cursor}), 400, "foreign-cursor")


@pytest.mark.parametrize("keys", [["x", "a"], [10**30, "a"], [True, "a"], [1.5, "\x00"], [1.5, "\ud800"], [None, None]])
async def test_a_cursor_that_somebody_made_is_refused_and_never_reaches_the_database(
    scoring: Tenant, client: AsyncClient, keys: list[Any]
) -> None:
    await _fill(scoring, 4)
    real = (await client.get(LIST, params={"limit": 1})).json()["next"]
    binding = json.loads(base64.urlsafe_b64decode(real + "=="))[0]
    forged = base64.urlsafe_b64encode(json.dumps([binding, *keys]).encode()).decode()
    _problem(await client.get(LIST, params={"cursor": forged}), 400, "foreign-cursor")


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "501"},
        {"band": "green"},
        {"sort": "owner"},
        {"signal": "lost"},
        {"updated_since": "yesterday"},
        {"updated_since": "2026-03-02T09:00:00"},
        {"q": "\x00"},
        {"owner": "x" * 321},
        {"bnad": "watch"},
    ],
)
async def test_a_query_that_says_nothing_is_refused_and_not_guessed(client: AsyncClient, query: dict[str, str]) -> None:
    _problem(await client.get(LIST, params=query), 422, "invalid")


async def test_a_phase_that_the_model_does_not_have_is_refused_with_those_that_it_has(client: AsyncClient) -> None:
    answer = await client.get(LIST, params={"phase": "onboarding"})
    _problem(answer, 400, "unknown-phase")
    assert "implementation" in answer.json()["detail"]


async def test_nobody_reads_without_a_key_of_the_right_scope(api: Door) -> None:
    writer = api.keys.create("writer", [Scope.EVENTS_WRITE])
    for key, status, code in (("banso_wrong", 401, "not-authenticated"), (writer, 403, "scope-missing")):
        async with api.client(key) as client:
            _problem(await client.get(LIST), status, code)
