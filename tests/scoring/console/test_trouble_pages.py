"""The pages of incidents and of the iceberg, in both languages: what the API says, and nothing that could be markup."""

from __future__ import annotations

import re
from html import escape

import pytest
from httpx import AsyncClient
from msgspec.structs import replace

from banso_common.clock import ManualClock
from banso_scoring.api.trouble.iceberg_shapes import DepthShown, RestShown, TroubleDepth
from banso_scoring.console.iceberg_chart import chart_of
from banso_scoring.iceberg_watch import IcebergWatch
from tests.scoring.api.given import Tenant, use
from tests.scoring.api.test_trouble import HIT, lives

BAD = "<b>csv</b>"
NOTHING = RestShown(0, 0, 0.0, {}, {}, 0, 0.0)


async def troubled(scoring: Tenant, clock: ManualClock) -> None:
    failed = [use(firm, "import.failed", clock.now(), number=300) for firm in HIT]
    await scoring.take([*lives(clock.now()), *(replace(one, properties={"feature": BAD}) for one in failed)])
    await IcebergWatch(scoring.member)(clock.now())


@pytest.mark.parametrize(
    ("language", "words"), [("ja", "インシデント|連絡なし|連絡あり"), ("en", "Incidents|said nothing|wrote")]
)
async def test_an_incident_has_a_page_with_its_accounts(
    scoring: Tenant, clock: ManualClock, reader: AsyncClient, language: str, words: str
) -> None:
    await troubled(scoring, clock)
    listed = (await reader.get("/incidents", params={"lang": language})).text
    (address,) = set(re.findall(r"/incidents/[0-9a-f]{16}", listed))
    page = (await reader.get(address, params={"lang": language})).text
    assert [word for word in words.split("|") if word not in page] == []
    assert all(firm.upper() in page for firm in HIT)
    assert BAD not in listed + page


@pytest.mark.parametrize(
    ("language", "words"), [("ja", "氷山|声になった|90%区間"), ("en", "Iceberg|Unheard|90 % between")]
)
async def test_the_iceberg_is_drawn_with_its_numbers(
    scoring: Tenant, clock: ManualClock, reader: AsyncClient, language: str, words: str
) -> None:
    empty = (await reader.get("/iceberg", params={"lang": language})).text
    assert '<svg class="iceberg"' not in empty
    await troubled(scoring, clock)
    page = (await reader.get("/iceberg", params={"lang": language})).text
    assert [word for word in words.split("|") if word not in page] == []
    assert '<svg class="iceberg"' in page
    assert "import.failed · csv · 2.3.1" in re.sub(r"<[^>]+>", "", page)
    assert BAD not in page
    assert escape(BAD) in page
    assert (await reader.get("/iceberg", params={"phase": "nowhere"})).status_code == 400
    assert (await reader.get("/iceberg", params={"touch": "nowhere"})).status_code == 422


@pytest.mark.parametrize("address", ["/incidents/0123456789abcdef", "/incidents/x"])
async def test_an_incident_that_is_not_there_has_no_page(reader: AsyncClient, address: str) -> None:
    assert (await reader.get(address)).status_code == 404


async def test_the_menu_leads_there(reader: AsyncClient) -> None:
    page = (await reader.get("/")).text
    assert 'href="/incidents"' in page
    assert 'href="/iceberg"' in page


def test_the_drawing_stays_within_its_frame_above_and_below_the_waterline() -> None:
    kinds = [
        TroubleDepth(str(n), None, DepthShown(heard, low + 1.0, low, low + 4.0, {}, {}, 0, 0.0), [], NOTHING)
        for n, (heard, low) in enumerate([(0, 0.0), (7, 3.0), (2, 90.0)])
    ]
    for some in ([], kinds[:1], kinds):
        chart = chart_of(some)
        for bar in chart.bars:
            assert 0 <= bar.top <= chart.waterline <= bar.low <= bar.bottom <= bar.high <= chart.height
            assert 0 <= bar.x <= bar.x + bar.width <= chart.width
