"""Incidents and the iceberg over HTTP: what the store holds, with its accounts and amounts, and nothing made up."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from httpx import AsyncClient
from msgspec.structs import replace
from pydantic import TypeAdapter

from banso_common.clock import DAY_MS, ManualClock
from banso_common.contracts.account_activity import AccountActivity
from banso_scoring.api.trouble.iceberg_shapes import IcebergShown
from banso_scoring.api.trouble.incident_shapes import IncidentDetail, IncidentList
from banso_scoring.iceberg_watch import IcebergWatch
from tests.scoring.api.given import Tenant, statement, use

FIRMS = [f"firm-{n:02}" for n in range(12)]
HIT = FIRMS[:6]


def lives(now: int) -> list[AccountActivity]:
    """Four weeks of use; today six firms meet failed imports of one version. All write now and then but the last."""
    done = []
    for place, firm in enumerate(FIRMS):
        done.append(statement(firm, now - 40 * DAY_MS, name=firm.upper(), acv=(place + 1) * 1_000_000, currency="JPY"))
        for ago in range(28):
            at = now - ago * DAY_MS
            done += [use(firm, "report.created", at, number=n) for n in range(12)]
        done.append(use(firm, "ticket.opened", now - (20 + place) * DAY_MS, number=99))
    for firm in HIT:
        failed = (use(firm, "import.failed", now, number=200 + n) for n in range(15))
        done += [replace(one, properties={"feature": "csv", "version": "2.3.1"}) for one in failed]
    done.append(use(HIT[0], "ticket.opened", now, number=98))
    return done


@pytest.fixture
async def troubled(scoring: Tenant, clock: ManualClock) -> AsyncIterator[Tenant]:
    """The house after a sweep, the iceberg added up."""
    await scoring.take(lives(clock.now()))
    await IcebergWatch(scoring.member)(clock.now())
    yield scoring


async def test_an_incident_is_listed_and_shown_with_whom_it_hit(troubled: Tenant, client: AsyncClient) -> None:
    answer = await client.get("/v1/incidents")
    TypeAdapter(IncidentList).validate_json(answer.content, strict=True)
    (one,) = answer.json()["incidents"]
    assert (one["state"], one["event"], one["feature"], one["version"]) == ("open", "import.failed", "csv", "2.3.1")
    assert (one["accounts_total"], one["silent_total"]) == (6, 5)
    assert one["amounts"] == {"JPY": 21}
    detail = await client.get(f"/v1/incidents/{one['id']}")
    TypeAdapter(IncidentDetail).validate_json(detail.content, strict=True)
    told = detail.json()
    assert told["incident"] == one
    assert {hit["account"]: hit["contacted"] for hit in told["accounts"]} == {firm: firm == HIT[0] for firm in HIT}
    assert {hit["seen"] for hit in told["accounts"]} == {15}
    again = await client.get(f"/v1/incidents/{one['id']}", headers={"If-None-Match": detail.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/incidents?state=over", 200),
        ("/v1/incidents?state=gone", 422),
        ("/v1/incidents/0123456789abcdef", 404),
        ("/v1/incidents/x", 422),
        ("/v1/iceberg?phase=nowhere", 400),
        ("/v1/iceberg?colour=red", 422),
    ],
)
async def test_what_is_not_there_is_said(troubled: Tenant, client: AsyncClient, path: str, status: int) -> None:
    answer = await client.get(path)
    assert answer.status_code == status
    if status == 200:
        assert answer.json() == {"incidents": []}


async def test_the_iceberg_tells_heard_and_unheard_with_their_amounts(troubled: Tenant, client: AsyncClient) -> None:
    answer = await client.get("/v1/iceberg")
    TypeAdapter(IcebergShown).validate_json(answer.content, strict=True)
    told = answer.json()
    assert told["accounts"] == 12
    assert told["whole"]["heard"] == 1  # the others wrote weeks before it began
    assert told["whole"]["unheard"] > 2
    assert set(told["whole"]["heard_amounts"]) == {"JPY"}
    assert told["kinds"][0]["kind"] is not None
    assert sum(kind["depth"]["heard"] for kind in told["kinds"]) == told["whole"]["heard"]


async def test_each_kind_is_broken_down_by_signature_and_its_parts_add_up(
    troubled: Tenant, client: AsyncClient
) -> None:
    kinds = (await client.get("/v1/iceberg")).json()["kinds"]
    (failure,) = [one for one in kinds if one["kind"] == "failure"]
    (named,) = failure["signatures"]
    assert (named["event"], named["feature"], named["version"]) == ("import.failed", "csv", "2.3.1")
    assert named["depth"]["heard"] == 1
    assert named["depth"]["unheard"] > 1
    assert named["depth"]["unheard_from"] <= named["depth"]["unheard"] <= named["depth"]["unheard_to"]
    for kind in kinds:
        parts = [*(one["depth"] for one in kind["signatures"]), kind["rest"]]
        for name in ("heard", "unheard", "heard_unpriced", "unheard_unpriced"):
            assert round(sum(part[name] for part in parts), 6) == kind["depth"][name]
            assert all(part[name] >= 0 for part in parts)
        for name in ("heard_amounts", "unheard_amounts"):
            assert sum(part[name].get("JPY", 0) for part in parts) == kind["depth"][name].get("JPY", 0)


async def test_the_iceberg_of_parts_adds_up_to_the_whole(troubled: Tenant, client: AsyncClient) -> None:
    model = (await client.get("/v1/model")).json()
    whole = (await client.get("/v1/iceberg")).json()
    by_phase = [(await client.get("/v1/iceberg", params={"phase": phase["key"]})).json() for phase in model["journey"]]
    assert sum(part["accounts"] for part in by_phase) == whole["accounts"]
    assert sum(part["whole"]["heard"] for part in by_phase) == whole["whole"]["heard"]


async def test_before_anything_was_added_up_there_is_no_iceberg(scoring: Tenant, client: AsyncClient) -> None:
    told = (await client.get("/v1/iceberg")).json()
    assert (told["accounts"], told["as_of"], told["kinds"]) == (0, None, [])
