"""The success plan on an account's page, and the page of segments, in both languages and whatever was said."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import AsyncClient

from banso_common.clock import DAY_MS, ManualClock
from banso_common.contracts.account_activity import Scalar
from banso_scoring.api.routes import make_router
from banso_scoring.console.pages import make_routers
from banso_scoring.model.load import load_model
from tests.scoring.api.given import Tenant, days_of_use, door, statement, tenant, use
from tests.scoring.api.test_segments import PARK

HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}"


def text(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


async def agree(scoring: Tenant, name: str = "Invoice time") -> None:
    """An account that is busy and misses what it wanted."""
    now = scoring.clock.now()
    said: dict[str, Scalar] = {
        "name": name,
        "unit": "min",
        "baseline": 40,
        "target": 15,
        "agreed_on": "2025-12-01",
        "due_on": "2026-06-10",
    }
    fields: dict[str, Scalar] = {f"objectives.invoice-time.{field}": value for field, value in said.items()}
    await scoring.take([*days_of_use("acme", now, 60), statement("acme", now, **fields)])
    await scoring.take([statement("acme", now - 10 * DAY_MS, **{"objectives.invoice-time.value": 38})])


async def test_busy_but_failing_is_said_where_the_score_is(scoring: Tenant, reader: AsyncClient) -> None:
    await agree(scoring)
    english, japanese = [text((await reader.get(f"/accounts/acme?lang={one}")).text) for one in ("en", "ja")]
    assert "Busy is not successful: the plan is behind, so health is not above" in english
    assert "Invoice time behind 40 → 38 → 15 min" in english
    assert "8% attained · 48% of the time · agreed Dec 1, 2025 → due Jun 10, 2026" in english
    assert "目標に遅れているので健康度は" in japanese
    assert "達成 8% · 期間の経過 48%" in japanese


async def test_without_an_objective_the_page_only_says_so_and_names_the_task(
    scoring: Tenant, reader: AsyncClient
) -> None:
    await scoring.take(days_of_use("acme", scoring.clock.now(), 60))
    page = text((await reader.get("/accounts/acme?lang=en")).text)
    assert "To do Agree on an objective with the customer" in page
    assert "No objective is agreed, so health is not above 85" in page
    assert "flagged" not in page.lower().partition("success plan")[2].partition("journey")[0]


async def test_the_list_can_be_asked_for_those_who_are_behind(scoring: Tenant, reader: AsyncClient) -> None:
    await agree(scoring)
    await scoring.take(days_of_use("other", scoring.clock.now(), 30))
    page = (await reader.get("/?objectives=behind&lang=en")).text
    assert "Success plan 8% attained after 48% of the time" in page
    assert re.findall(r'<a class="name" href="/accounts/([^"]*)"', page) == ["acme"]
    assert '<option value="behind" selected>behind</option>' in page
    page = (await reader.get("/?objectives=none")).text
    assert re.findall(r'<a class="name" href="/accounts/([^"]*)"', page) == ["other"]


async def test_whatever_is_said_of_an_objective_is_only_text(scoring: Tenant, reader: AsyncClient) -> None:
    await agree(scoring, HOSTILE)
    page = (await reader.get("/accounts/acme")).text
    assert "<script>" not in page
    assert html.escape(HOSTILE, quote=False).replace('"', "&#34;").replace("'", "&#39;") in page


@pytest.fixture
async def park(database_url: str, clock: ManualClock, tmp_path: Path) -> AsyncIterator[AsyncClient]:
    async with tenant(database_url, clock, load_model(PARK, "park.yaml")) as made:
        now = clock.now()
        seen = [use(f"p{n}", "parade", now - n * DAY_MS, number=n) for n in range(6)]
        await made.take([*seen, use("r", "ride", now), statement("r", now, category=HOSTILE)])
        routers = [make_router(made.member), *make_routers(made.member)]
        async with door(routers, tmp_path).client() as client:
            yield client


async def test_segments_are_read_by_pattern_first_where_there_are_patterns(park: AsyncClient) -> None:
    page = (await park.get("/segments?lang=ja")).text
    assert '<a href="/?pattern=parades"><bdi>パレード</bdi></a>' in page
    assert "5件未満：傾向は読めません" in page
    account = text((await park.get("/accounts/p0?lang=en")).text)
    assert "Success pattern parades since Mar 2, 2026 fits 25" in account
    listed = (await park.get("/?pattern=rides")).text
    assert re.findall(r'<a class="name" href="/accounts/([^"]*)"', listed) == ["r"]


async def test_segments_by_what_somebody_said_are_only_text(park: AsyncClient) -> None:
    page = (await park.get("/segments?by=category&lang=en")).text
    assert "<script>" not in page
    assert "(not said)" in page
    assert (await park.get("/segments?by=nothing")).status_code == 400
