"""The pages of outreach: what waits and why, what was sent and answered, what was held back, in both languages."""

from __future__ import annotations

import html
import re

import pytest
from httpx import AsyncClient

from banso_alerts.console.words import WORDS
from banso_alerts.console.words_one import ONE_WORDS
from banso_alerts.domain.acts import Deed
from banso_alerts.domain.outreach import OutreachState, Reason
from banso_alerts.domain.plays import GROUP
from banso_alerts.store.overview import Show
from banso_common.clock import HOUR_MS
from banso_common.contracts.account_signal import SignalKind
from banso_common.contracts.words import KINDS
from tests.alerts.console.given import Console, send, text_of
from tests.alerts.console.invented import FIRMS, OWNERS, answer, firm, live_through, settle
from tests.alerts.made import MONDAY_NOON
from tests.alerts.room import Room

HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}<img src=x onerror=alert(2)>\u202eexe"


def _names(page: str) -> list[str]:
    return [html.unescape(one) for one in re.findall(r'<a class="name" href="/outreach/[^"]*"><bdi>(.*?)</bdi>', page)]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_reason_state_kind_and_heap_is_said_in_both_languages(language: str) -> None:
    words = WORDS[language]  # type: ignore[index]
    assert set(words.reasons) == set(Reason)
    assert set(words.states) == set(OutreachState)
    assert set(words.shows) == set(words.hints) == set(words.nothing) == set(Show)
    assert set(KINDS[language]) == set(SignalKind)
    assert set(ONE_WORDS) == {"ja", "en"}


async def test_the_first_page_says_what_waits_and_why_what_was_sent_and_what_was_not(
    room: Room, reader: AsyncClient
) -> None:
    await live_through(room)
    page = text_of((await reader.get("/outreach?lang=ja")).text)
    for said in (
        "is in trouble and says nothing 黙って困っている Ana Ruiz 担当者 · Slack 待機 時間外 3月5日(木) 9:00",
        "4社がフェーズの途中で止まっています",
        "判定：本当だった slack:U0SATO",
        "見送り 一日の時間の枠を超える まとめに掲載",
        "送信不能 チャネルが拒否",
        "implementation 3月6日(金) 12:00 まで · console",
        "その日のまとめ：4 件",
    ):
        assert said in page, said
    english = text_of((await reader.get("/outreach?lang=en")).text)
    for said in (
        "waits outside working hours until Thu, Mar 5 9:00",
        "held back the day has no hours left",
        "not real",
    ):
        assert said in english, said


async def test_a_manager_s_day_is_counted_as_the_choice_counts_it(room: Room, reader: AsyncClient) -> None:
    await live_through(room)
    page = text_of((await reader.get("/outreach?lang=en")).text)
    assert "田中 健 1.5 of 2 h 1 / 20 told digest of 4 at today 16:00" in page
    assert "佐藤 美咲 0 of 2 h 0 / 20 told no digest" in page


async def test_heaps_filters_and_pages_are_addresses(room: Room, reader: AsyncClient) -> None:
    await live_through(room)
    held = (await reader.get("/outreach?show=held&lang=en")).text
    assert len(_names(held)) == 5
    assert 'aria-current="true"' in held
    account = firm(0, 0).account
    of_account = (await reader.get("/outreach", params={"account": account, "kind": ""})).text
    assert _names(of_account) == [f"{FIRMS[0]}：困っているのに声が上がっていません"]
    none = await reader.get("/outreach?account=nobody&lang=ja")
    assert "該当するアウトリーチはありません" in none.text
    for wrong in ("show=perhaps", "kind=perhaps", "cursor=x&show=held", "account=%00"):
        answered = await reader.get(f"/outreach?{wrong}")
        assert (answered.status_code, answered.headers["content-type"]) == (400, "text/html; charset=utf-8"), wrong


async def test_a_long_list_goes_on_behind_a_cursor(room: Room, reader: AsyncClient) -> None:
    many = [firm(0, MONDAY_NOON, account=f"many-{n}", account_name=f"Many {n:02d}") for n in range(60)]
    await room.hear(*many)
    first = (await reader.get("/outreach?show=waiting")).text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = (await reader.get(html.unescape(following[1]))).text
    assert len(_names(first)) == 50
    assert len({*_names(first), *_names(second)}) == 60
    assert 'rel="next"' not in second


async def test_an_outreach_s_page_shows_its_message_its_course_and_its_answers(room: Room, reader: AsyncClient) -> None:
    await room.hear(firm(0, MONDAY_NOON))
    await settle(room)
    await answer(room, firm(0, 0).account, Deed.KNEW_IT, "slack:U0SATO")
    row = await room.row()
    page = text_of((await reader.get(f"/outreach/{row.id}?lang=ja")).text)
    for said in (
        "青葉精機：困っているのに声が上がっていません",
        "次の一手",
        "兆候を検知",
        "送信完了",
        "判定：知っていた slack:U0SATO",
        "ref-1",
    ):
        assert said in page, said
    assert page.index("兆候を検知") < page.index("送信を決定") < page.index("送信完了")


async def test_a_form_does_what_the_button_in_slack_does(room: Room, reader: AsyncClient) -> None:
    await room.hear(firm(0, MONDAY_NOON))
    await settle(room)
    row = await room.row()
    here = f"/outreach/{row.id}"
    for what, more in (("not-real", {}), ("acknowledged", {}), ("snoozed", {"days": "3"})):
        page = (await reader.get(here)).text
        assert (await send(reader, page, f"{here}/acts", what=what, **more)).status_code == 303
    row = await room.row()
    assert row.acknowledged_by == row.snoozed_by == "console"
    assert [(said.outcome, said.reason) for said in (await room.outcomes())[-3:]] == [
        ("verdict", "not-real"),
        ("acknowledged", None),
        ("snoozed", None),
    ]
    page = text_of((await reader.get(f"{here}?lang=en")).text)
    assert "Verdict: not real console" in page
    assert "in hand: console" in page


async def test_each_account_of_a_group_has_a_verdict_of_its_own_that_counts(room: Room, reader: AsyncClient) -> None:
    at = MONDAY_NOON
    await room.hear(*(firm(n, at, kind=SignalKind.STALLED, **OWNERS[0]) for n in (3, 6, 9)))
    await settle(room)
    group = next(row for row in await room.rows() if row.play == GROUP)
    members = [row for row in await room.rows() if row.told_in == group.id]
    page = (await reader.get(f"/outreach/{group.id}?lang=en")).text
    assert "real" not in re.findall(rf'action="/outreach/{group.id}/acts".*?</form>', page, re.S)[0].lower()
    for member, word in zip(members, ("real", "not-real", "knew-it"), strict=True):
        answered = await send(reader, page, f"/outreach/{member.id}/acts", what=word)
        assert answered.headers["location"] == f"/outreach/{group.id}#{member.id}"
    room.later(HOUR_MS)
    shown = text_of((await reader.get(f"/outreach/{group.id}?lang=en")).text)
    assert [shown.count(f"Verdict: {word} console") for word in ("real", "not real", "knew it")] == [1, 1, 1]


async def test_names_from_outside_are_text_and_nothing_else(room: Room, reader: AsyncClient) -> None:
    said = {"account": HOSTILE[:60], "account_name": HOSTILE, "owner_name": HOSTILE, "owner_email": "<b>@x.example"}
    await room.hear(firm(0, MONDAY_NOON, **said))
    await settle(room)
    here = f"/outreach/{(await room.row()).id}"
    for page in ("/outreach", "/outreach?show=to-answer", here, f"/outreach?account={'<script>'}&owner=<b>"):
        found = await reader.get(page)
        assert found.status_code == 200, page
        for never in ("<script", "<img", "<b>@", "onerror=alert(2)>"):
            assert never not in found.text, (page, never)


async def test_a_page_that_is_not_there_says_so(reader: AsyncClient) -> None:
    for gone in (f"/outreach/{'0' * 32}", "/outreach/nowhere"):
        found = await reader.get(gone, headers={"Accept-Language": "ja"})
        assert found.status_code == 404
        assert "見つかりません" in found.text


async def test_the_style_is_served_to_all_and_kept(console: Console) -> None:
    async with console.visitor() as visitor:
        address = re.search(r'rel="stylesheet" href="([^"]+)"', (await visitor.get("/login")).text)
        assert address is not None
        style = await visitor.get(address[1])
    assert style.headers["content-type"].startswith("text/css")
    assert "immutable" in style.headers["cache-control"]
