"""Why a score changed, on the account's page and on one of its own, in both languages."""

from __future__ import annotations

import html
import re

from httpx import AsyncClient

from banso_common.clock import DAY_MS, HOUR_MS
from banso_scoring.console.change import points
from banso_scoring.sweep import Sweep
from tests.scoring.api.given import Tenant, days_of_use, use

HOSTILE = "export error <script>alert(1)</script>"


async def _lived(scoring: Tenant) -> None:
    begin = scoring.clock.now()
    await scoring.take([*days_of_use("usual", begin, 30), *days_of_use("a/b", begin, 30)])
    for day in range(4):
        now = begin + day * DAY_MS
        scoring.clock.move_to(now)
        await Sweep(scoring.member)(now)
        await scoring.take([use("a/b", HOSTILE, now + HOUR_MS, user="u1", number=n) for n in range(6 * day)])
    scoring.clock.move_to(begin + 4 * DAY_MS)
    await Sweep(scoring.member)(scoring.clock.now())


def _text(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page))


async def test_the_page_says_what_moved_the_score_and_leads_to_the_whole_receipt(
    scoring: Tenant, reader: AsyncClient
) -> None:
    await _lived(scoring)
    page = (await reader.get("/accounts/a/b?lang=ja")).text
    assert "<script>alert" not in page
    assert f"「{HOSTILE}」36件" in _text(page)
    (address,) = re.findall(r'<a href="([^"]*)">内訳をすべて見る</a>', page)
    receipt = (await reader.get(html.unescape(address), headers={"Accept-Language": "ja"})).text
    assert "<script>alert" not in receipt
    assert "スコアが変わった理由" in receipt
    shown = [float(one.replace("−", "-")) for one in re.findall(r'<tr>.*?<td class="number">([^<]*)</td>', receipt)]
    (total,) = re.findall(r'class="total">.*?<td class="number">([^<]*)</td>', receipt)
    assert abs(sum(shown) - float(total.replace("−", "-"))) < 0.06 * len(shown)
    assert (await reader.get("/v1" + html.unescape(address))).json()["account"] == "a/b"


async def test_each_step_of_the_course_leads_to_what_made_it(scoring: Tenant, reader: AsyncClient) -> None:
    await _lived(scoring)
    page = (await reader.get("/accounts/a/b?lang=en")).text
    steps = re.findall(r'<a href="([^"]*)"><title>', page)
    assert steps
    for address in steps:
        answer = await reader.get(html.unescape(address))
        assert answer.status_code == 200
        assert "Why the score changed" in answer.text


async def test_a_span_that_cannot_be_and_an_account_that_is_not_there_are_told_as_pages(
    scoring: Tenant, reader: AsyncClient
) -> None:
    await _lived(scoring)
    assert (await reader.get("/accounts/a/b/explain?from=soon")).status_code == 422
    assert (await reader.get("/accounts/nobody/explain")).status_code == 404


def test_points_carry_their_sign_and_small_ones_are_not_nothing() -> None:
    assert [points(n) for n in (-6_417_893, 90_000, -12_000, 0)] == ["−6.4", "+0.1", "−0.01", "+0.0"]
