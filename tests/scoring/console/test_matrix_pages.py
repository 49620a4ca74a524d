"""The matrix on the console: its page, the card of an account, the filter of the list; in both languages."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import AsyncClient

from banso_common.clock import DAY_MS, ManualClock
from banso_scoring.api.routes import make_router
from banso_scoring.console.pages import make_routers
from banso_scoring.model.load import load_model
from tests.scoring.api.given import Tenant, days_of_use, door, tenant
from tests.scoring.api.test_matrix import own_text

HOSTILE = "<script>alert(1)</script>&{{7*7}}"
CRM = {"commitment": "high", "category": "new", "acv": 600_000_000_000, "currency": "JPY"}


def text(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split()).replace(" :", ":")


async def two_accounts(scoring: Tenant) -> None:
    for name in ("acme", "beta"):
        await scoring.take(days_of_use(name, scoring.clock.now(), 20))
    await scoring.tell("acme", owner_email="sato@vendor.example", **CRM)  # type: ignore[arg-type]  # each is a scalar


async def test_the_page_shows_each_kind_with_its_accounts_and_the_hours(scoring: Tenant, reader: AsyncClient) -> None:
    await two_accounts(scoring)
    english, japanese = [text((await reader.get(f"/matrix?lang={one}")).text) for one in ("en", "ja")]
    assert "hours needed a month 2 / hours there are 130" in english
    assert "dream solution commitment: high · category: new accounts: 1 · ¥600,000" in english
    assert "emphasis: breadth ×1.5, sentiment ×1.5" in english
    assert "work they always did commitment: low · category: existing accounts: 1" in english
    for kind in ("がっつりSI系", "夢膨らむソリューション系", "昔からやってた仕事系", "使ったことない系"):
        assert kind in japanese
    assert "必要な時間（月） 2 / ある時間（月） 130" in japanese


async def test_an_account_says_why_it_is_in_its_cell_and_gets_its_care(scoring: Tenant, reader: AsyncClient) -> None:
    await two_accounts(scoring)
    english, japanese = [text((await reader.get(f"/accounts/acme?lang={one}")).text) for one in ("en", "ja")]
    assert "dream solution since" in english
    assert 'commitment in ("high", "高", "高い") · commitment = high' in english
    assert "low touch, 1 hours a month by its contract value · high touch is needed" in english
    assert "¥96,000 a year, at most ¥120,000" in english
    assert "タッチ：ロータッチ（月 1 時間） 年間契約額で決定 · 必要なタッチはハイタッチ" in japanese


async def test_the_list_is_asked_for_a_cell_and_names_it(scoring: Tenant, reader: AsyncClient) -> None:
    await two_accounts(scoring)
    page = (await reader.get("/?cell=dream&lang=en")).text
    assert re.findall(r'<a class="name" href="/accounts/([^"]*)"', page) == ["acme"]
    assert '<option value="dream" selected>dream solution</option>' in page
    assert '<small class="cell"><bdi>dream solution</bdi></small>' in page


@pytest.fixture
async def own(database_url: str, clock: ManualClock) -> AsyncIterator[Tenant]:
    async with tenant(database_url, clock, load_model(own_text(), "own.yaml")) as made:
        yield made


async def test_what_a_company_says_in_its_own_words_is_only_text(own: Tenant, tmp_path: Path) -> None:
    await own.take(days_of_use("acme", own.clock.now(), 20))
    await own.tell("acme", plan=HOSTILE, machines=3)
    own.clock.move_to(own.clock.now() + DAY_MS)
    await own.tell("acme", machines=70)
    own.clock.move_to(own.clock.now() + DAY_MS)
    await own.sweep(own.clock.now())
    async with door([make_router(own.member), *make_routers(own.member)], tmp_path).client() as client:
        page = (await client.get("/accounts/acme?lang=en")).text
    assert "<script>" not in page
    assert "49" not in re.findall(r"\{\{.*?\}\}", page)
    assert f"plan = {HOSTILE}" in text(page)
    assert "at-scale → run-alongside" in text(page) or "at scale → run alongside" in text(page)
