"""The pages of proof and of silences: what was found is said in words, and no winner is named early."""

from __future__ import annotations

import re
from dataclasses import replace as with_state

import pytest
from httpx import AsyncClient
from msgspec.structs import replace

from banso_alerts.api.proof.fade_shapes import BinView, CurveView
from banso_alerts.api.proof.play_shapes import EffectView
from banso_alerts.console.proof_shown import fade_chart, whisker
from banso_alerts.console.words_proof import PROOF_WORDS
from banso_alerts.domain.proof.measurement import Measurement
from banso_alerts.domain.proof.uplift import State
from banso_alerts.domain.proof.wear_out import Freshness
from banso_alerts.store import silences
from banso_alerts.store.proof import findings
from banso_common.clock import DAY_MS
from banso_common.db.transaction import reading, transaction
from tests.alerts.console.given import Console, forms_of, send, text_of
from tests.alerts.console.invented import firm, live_through, settle
from tests.alerts.console.proven import SILENT, UNBLOCK, judge_all, measure_all
from tests.alerts.made import MONDAY_NOON
from tests.alerts.room import Room


def _row(page: str, play: str) -> str:
    rows: list[str] = re.findall(r"<tr[^>]*>.*?</tr>", page, re.S)
    return next(one for one in rows if f">{play}<" in one)


async def test_the_ledger_says_each_rule_s_rate_its_interval_and_why_one_is_silent(
    room: Room, reader: AsyncClient
) -> None:
    await judge_all(room)
    page = (await reader.get("/outreach/rules?lang=en")).text
    words = text_of(page)
    assert "81% 21 of 26" in words
    assert "fell silent" in text_of("<main>" + _row(page, UNBLOCK))
    assert "surely below the floor of 30 %" in words
    assert page.index(f">{UNBLOCK}<") < page.index(f">{SILENT}<"), "what is silent comes first"
    japanese = text_of((await reader.get("/outreach/rules?lang=ja")).text)
    assert "まとめのみ" in japanese
    assert "下限の 30% を明らかに下回っています" in japanese


async def test_a_demoted_rule_is_restored_by_a_form_and_says_by_whom(room: Room, reader: AsyncClient) -> None:
    await judge_all(room)
    page = (await reader.get("/outreach/rules")).text
    action = f"/outreach/rules/{UNBLOCK}/restore"
    assert list(forms_of(page)) == [action]
    assert (await send(reader, page, action)).status_code == 303
    after = (await reader.get("/outreach/rules?lang=en")).text
    assert list(forms_of(after)) == []
    assert "restored by a person ( console )" in text_of(after)
    unknown = await reader.post("/outreach/rules/nothing/restore", data={"token": "x"})
    assert unknown.status_code == 403


async def test_effects_stand_with_their_intervals_and_no_winner_is_named_early(room: Room, reader: AsyncClient) -> None:
    assert "Nothing was measured yet" in (await reader.get("/outreach/proof?lang=en")).text
    await measure_all(room)
    page = (await reader.get("/outreach/proof?lang=en")).text
    cards = dict(re.findall(r'<section class="card play" id="([^"]+)">(.*?)</section>', page, re.S))
    silent, unblock, rescue = (text_of("<main>" + cards[name]) for name in (SILENT, UNBLOCK, "rescue"))
    assert silent.startswith("call-the-silent helps told")
    assert re.search(r"fading|worn", silent)
    assert "half-life" in silent
    assert "Wording proposed next:" in silent
    assert "by amount ( JPY )" in silent
    assert not re.search("helps|hurts", unblock)
    assert rescue.startswith("rescue no winner yet")
    assert "nothing is said before each side has 20 accounts" in rescue
    assert 'class="between"' not in cards["rescue"], "no interval is drawn where nothing may be said"
    assert "まだ決まらない" in (await reader.get("/outreach/proof?lang=ja")).text


async def test_a_row_names_a_winner_only_where_the_headline_could(room: Room, reader: AsyncClient) -> None:
    """By its own interval the outcome helps; among all plays and outcomes nobody may say so yet."""
    await measure_all(room)
    async with transaction(room.engine) as tx:
        measured_at, found = (await findings.latest(tx)) or _missing()
        plays = [
            replace(
                play,
                verdict=State.CANNOT_SAY,
                outcomes=[
                    replace(
                        one,
                        verdict=State.CANNOT_SAY,
                        by_account=with_state(one.by_account, state=State.HELPS),
                        by_amount=[replace(each, verdict=State.CANNOT_SAY) for each in one.by_amount],
                    )
                    for one in play.outcomes
                ],
            )
            for play in found.uplift
        ]
        await findings.keep(tx, replace(found, uplift=plays), measured_at)
    page = (await reader.get("/outreach/proof?lang=en")).text
    cards = re.sub(r"<details>.*?</details>", "", page.partition('<section class="card play"')[2], flags=re.S)
    assert cards and not re.search(r"\bhelps\b|effect-hurts", text_of("<main>" + cards))
    segments = " ".join(re.findall(r"<details>(.*?)</details>", page, re.S))
    assert "taken by itself: helps" in segments and "effect-helps" not in segments


def _missing() -> tuple[int, Measurement]:
    raise AssertionError("nothing was measured")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_state_has_its_word(language: str) -> None:
    words = PROOF_WORDS[language]  # type: ignore[index]
    assert set(words.states) == set(State)
    assert set(words.freshness) == set(Freshness)


def test_an_effect_is_drawn_around_zero_and_within_its_box() -> None:
    effect = EffectView(100, 50, 0.5, 0.4, 0.1, -0.05, 0.4, State.CANNOT_SAY)
    drawn = whisker(effect, 0.2)
    assert drawn is not None
    assert (drawn.low, drawn.middle, drawn.high) == (37.5, 75.0, 100.0)
    assert whisker(EffectView(5, 5, 0.5, 0.4, None, None, None, State.CANNOT_SAY), 0.2) is None


def test_a_fading_effect_is_drawn_from_its_bins_and_its_half_life() -> None:
    bins = [BinView(0.0, 100, 0.4, 0.1), BinView(100.0, 100, 0.0, 0.1)]
    chart = fade_chart(CurveView(Freshness.FADING, 0.4, 50.0, 40.0, 60.0, 0.25, bins))
    assert chart is not None
    assert [(dot.x, dot.y) for dot in chart.dots] == [(0.0, 16.7), (100.0, 83.3)]
    assert chart.zero == 83.3
    assert chart.path.startswith("M0.0 16.7")
    assert chart.path.endswith("L100.0 66.7"), "a quarter is left after two half-lives"
    assert fade_chart(CurveView(Freshness.CANNOT_SAY, None, None, None, None, None, [])) is None


async def test_a_silence_is_made_by_a_form_holds_what_it_names_and_ends_by_another(
    room: Room, console: Console, reader: AsyncClient
) -> None:
    page = (await reader.get("/outreach/silences")).text
    said = {"account": f"{firm(0, 0).account}, x", "kind": "", "comment": "引っ越し中", "days": "3"}
    assert (await send(reader, page, "/outreach/silences", **said)).status_code == 303
    async with reading(room.engine) as tx:
        (made,) = await silences.in_force(tx, room.clock.now())
    assert (made.matcher.account, made.author, made.comment) == ((firm(0, 0).account, "x"), "console", "引っ越し中")
    assert made.expires_at == room.clock.now() + 3 * DAY_MS
    await room.hear(firm(0, MONDAY_NOON))
    await settle(room)
    assert (await room.row()).reason == "silenced"
    page = (await reader.get("/outreach/silences?lang=ja")).text
    assert "引っ越し中" in page
    assert (await send(reader, page, f"/outreach/silences/{made.id}/end")).status_code == 303
    await settle(room)
    assert (await room.row()).state == "sent"
    assert len(console.acted) == 2


@pytest.mark.parametrize(
    "said",
    [{"days": "3"}, {"days": "400", "account": "x"}, {"days": "3", "kind": "perhaps"}, {"account": "x", "days": "x"}],
)
async def test_a_silence_over_everything_or_over_nothing_real_is_refused(
    room: Room, reader: AsyncClient, said: dict[str, str]
) -> None:
    page = (await reader.get("/outreach/silences")).text
    answer = await send(reader, page, "/outreach/silences", **said)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8")
    async with reading(room.engine) as tx:
        assert await silences.in_force(tx, room.clock.now()) == []


async def test_silences_stand_on_the_first_page_in_words(room: Room, reader: AsyncClient) -> None:
    await live_through(room)
    assert "Signal stalled Phase implementation until" in text_of((await reader.get("/outreach?lang=en")).text)
