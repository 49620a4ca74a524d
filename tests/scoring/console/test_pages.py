"""The pages: the flagged first and why, in the reader's language, whatever the names are."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import quote

import pytest
from httpx import AsyncClient

from banso_common.clock import DAY_MS
from banso_common.contracts.account_activity import MICRO
from banso_scoring.sweep import Sweep
from tests.scoring.api.given import Tenant, days_of_use, statement, use

HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}<img src=x onerror=alert(2)>\u202eexe"


async def _fill(scoring: Tenant) -> None:
    """Sixty usual accounts, one in silent trouble, one stalled, one of which little is known."""
    now = scoring.clock.now()
    made = [statement("bad", now, name="Trouble 株式会社", acv=12_000_000 * MICRO, currency="JPY", owner_name="佐藤")]
    for number in range(60):
        name = f"usual/{number:02d}"
        made += days_of_use(name, now, 30)
        made += [use(name, "ticket.opened", now - 5 * DAY_MS, user="u1", number=n) for n in range(number % 3)]
    made += [use("stuck", "report.created", now - day * DAY_MS, number=day) for day in (1, 60)]
    made.append(statement("new", now, name="New"))
    await scoring.take(made)
    await Sweep(scoring.member)(now)
    await scoring.take(days_of_use("bad", now, 30, trouble=12))
    scoring.clock.move_to(now + DAY_MS)
    await Sweep(scoring.member)(scoring.clock.now())


def _names(text: str) -> list[str]:
    return [html.unescape(one) for one in re.findall(r'<a class="name" href="[^"]*"><bdi>(.*?)</bdi>', text)]


def _text(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page))


async def test_the_list_begins_with_the_gravest_and_says_why_from_its_numbers(
    scoring: Tenant, reader: AsyncClient
) -> None:
    await _fill(scoring)
    page = (await reader.get("/?lang=ja")).text
    assert _names(page)[:2] == ["Trouble 株式会社", "stuck"]
    for said in (
        "黙って困っている",
        "168回（",
        "このお客様は0回です",
        "￥12,000,000",
        "佐藤",
    ):
        assert said in _text(page)
    assert "目安45日）、未達：利用した日数（28日）は1（目標 ≥ 4）" in _text(page)
    english = _text((await reader.get("/?lang=en")).text)
    for said in ("struggling in silence", " days, usually ", "this one wrote 0", "¥12,000,000"):
        assert said in english
    assert "61 days in implementation, expected 45; blocked by active days of 28 at 1, goal ≥ 4" in english


async def test_amounts_stand_currency_by_currency_and_the_page_says_so(scoring: Tenant, reader: AsyncClient) -> None:
    for name, units, currency in (("yen", 900_000, "JPY"), ("euro", 90_000, "EUR"), ("dear", 95_000, "EUR")):
        await scoring.tell(name, name=name, acv=units * MICRO, currency=currency)
    page = (await reader.get("/?lang=en&sort=-acv")).text
    assert _names(page) == ["dear", "euro", "yen"] and "currency by currency" in page
    one = (await reader.get("/?lang=en&sort=-acv&currency=EUR")).text
    assert _names(one) == ["dear", "euro"] and "currency by currency" not in one
    assert '<input type="hidden" name="currency" value="EUR">' in one


async def test_too_little_data_is_said_and_not_scored(scoring: Tenant, reader: AsyncClient) -> None:
    await scoring.tell("new", name="New")
    page = _text((await reader.get("/?lang=en")).text)
    assert "unknown" in page
    assert "Only 0% of the evidence so far" in page


async def test_the_phases_stand_in_the_words_of_the_field_with_their_counts(
    scoring: Tenant, reader: AsyncClient
) -> None:
    await _fill(scoring)
    page = (await reader.get("/?lang=ja")).text
    journey = page[page.index('class="journey"') : page.index('class="filters"')]
    assert re.findall(r"<bdi>(.*?)</bdi>", journey) == ["導入", "ランニング", "運用", "活用", "更新", "推奨"]
    assert sum(int(count) for count in re.findall(r"<b>(\d+)</b>", journey)) == 63


async def test_filters_narrow_the_list_and_pages_follow_one_another(scoring: Tenant, reader: AsyncClient) -> None:
    await _fill(scoring)
    assert _names((await reader.get("/", params={"q": "usual/3", "signal": ""})).text) == [
        f"usual/3{n}" for n in range(10)
    ]
    first = (await reader.get("/")).text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = (await reader.get(html.unescape(following[1]))).text
    assert len(_names(first)) == 50
    assert len({*_names(first), *_names(second)}) == 63
    assert 'rel="next"' not in second
    toggled = re.search(r'class="tile unknown" href="([^"]+)"', first)
    assert toggled is not None
    only = (await reader.get(html.unescape(toggled[1]))).text
    assert set(_names(only)) == {"New", "stuck"}


@pytest.mark.parametrize("page", ["/?sort=owner", "/?band=green", "/?phase=nowhere", "/?cursor=x", "/?q=%00"])
async def test_an_address_that_cannot_be_is_a_page_that_says_so(reader: AsyncClient, page: str) -> None:
    answer = await reader.get(page)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8")


async def test_every_link_to_an_account_leads_to_it_whatever_its_id_ends_in(
    scoring: Tenant, reader: AsyncClient
) -> None:
    now, own = scoring.clock.now(), "acme/100%/explain"
    await scoring.take([*days_of_use("acme", now, 10), *days_of_use(own, now, 5)])
    links = re.findall(r'<a class="name" href="([^"]*)"', (await reader.get("/?lang=en")).text)
    at = next(html.unescape(link) for link in links if link.endswith("explain"))
    page = (await reader.get(f"{at}?lang=en")).text
    assert f"<h1><bdi>{own}</bdi>" in page
    assert f'href="{at}?lang=ja"' in page
    stranger = await reader.get(at, headers={"Cookie": "", "Authorization": ""})
    assert stranger.headers["location"] == f"/login?next={quote(at, safe='')}"


@pytest.mark.parametrize("account", ["nobody", "%00", "a/b"])
async def test_an_account_that_is_not_there_is_a_page_that_says_so(reader: AsyncClient, account: str) -> None:
    answer = await reader.get(f"/accounts/{account}", headers={"Accept-Language": "ja"})
    assert answer.status_code == 404
    assert "見つかりません" in answer.text


async def test_the_page_of_an_account_shows_score_goal_evidence_and_course(
    scoring: Tenant, reader: AsyncClient
) -> None:
    await _fill(scoring)
    page = (await reader.get("/accounts/bad?lang=ja")).text
    text = _text(page)
    for said in (
        "Trouble 株式会社",
        "黙って困っている",
        "順調さ",
        "重み 30",
        "つまずきの根拠（36日間",
        "3人",
    ):
        assert said in text
    assert "黙る理由がないのにこうなる確率は" in text
    assert '<path class="line" d="M' in page
    stuck = _text((await reader.get("/accounts/stuck?lang=en")).text)
    assert "not met" in stuck
    assert "stalled" in stuck


async def test_without_contacts_the_page_says_that_contact_is_unknown(scoring: Tenant, reader: AsyncClient) -> None:
    await scoring.take(days_of_use("acme", scoring.clock.now(), 20, trouble=3))
    assert "Contact unknown" in (await reader.get("/accounts/acme?lang=en")).text


async def test_names_from_outside_are_text_and_nothing_else(scoring: Tenant, reader: AsyncClient) -> None:
    said: dict[str, Any] = dict.fromkeys(("name", "owner_name", "owner_email", "contact_name", "category"), HOSTILE)
    await scoring.take([statement(HOSTILE[:60], scoring.clock.now(), **said, currency="<b>", acv=MICRO)])
    account = re.search(r'class="name" href="([^"]+)"', (await reader.get("/")).text)
    assert account is not None
    for page in ("/", html.unescape(account[1]), f"/?q={'<script>'}", "/login?next=/<script>"):
        answer = await reader.get(page)
        assert answer.status_code == 200, page
        assert "<script" not in answer.text
        assert "<img" not in answer.text
        assert "<b>&" not in answer.text
        assert "49" not in re.findall(r"alert\(1\).{0,40}", _text(answer.text))
    assert answer.text.count("\u202e") == 0


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("ja", "ja"),
        ("ja-JP,ja;q=0.9,en;q=0.8", "ja"),
        ("en-GB,en;q=0.9,ja;q=0.8", "en"),
        ("fr, ja;q=0.3, en;q=0.2", "ja"),
        ("fr", "en"),
        ("ja;q=x, *", "en"),
        ("", "en"),
    ],
)
async def test_the_language_is_the_browser_s_until_another_is_chosen(
    visitor: AsyncClient, header: str, language: str
) -> None:
    async def shown(page: str) -> str:
        return (await visitor.get(page, headers={"Accept-Language": header})).text

    assert f'<html lang="{language}">' in await shown("/login")
    other = "en" if language == "ja" else "ja"
    assert f'<html lang="{other}">' in await shown(f"/login?lang={other}")
    assert f'<html lang="{other}">' in await shown("/login"), "the choice is remembered"
    assert f'<html lang="{other}">' in await shown("/login?lang=xx")


async def test_the_style_is_served_to_all_and_kept(visitor: AsyncClient) -> None:
    address = re.search(r'rel="stylesheet" href="([^"]+)"', (await visitor.get("/login")).text)
    assert address is not None
    answer = await visitor.get(address[1])
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
