"""The journey's pages: the wall with live numbers in both languages, and a goal held against the past."""

from __future__ import annotations

import html
import re

from httpx import AsyncClient

from banso_common.web.language import LANGUAGES
from banso_scoring.console.goal_chart import goal_chart
from banso_scoring.console.words_journey import JOURNEY_WORDS
from tests.scoring.api.given import Tenant
from tests.scoring.api.test_goals import a_past
from tests.scoring.api.test_journey import lived


def _text(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


async def test_the_wall_shows_every_phase_with_its_texts_and_numbers(scoring: Tenant, reader: AsyncClient) -> None:
    await lived(scoring)
    for language in LANGUAGES:
        page = await reader.get(f"/journey?lang={language}")
        assert page.status_code == 200
        text = _text(page.text)
        for phase in scoring.member.model.journey:
            for said in (phase.labels, phase.do, phase.experience, phase.services):
                assert said[language] in text
    assert "2 accounts" in text and "active days of 28 ≥ 4" in text
    assert 'href="/?phase=operation"' in page.text


async def test_the_wall_shows_one_cell_of_the_matrix_and_all_for_one_that_there_is_not(
    scoring: Tenant, reader: AsyncClient
) -> None:
    await lived(scoring, 3)
    cells = [cell.key for cell in scoring.member.model.matrix.cells]
    numbers = []
    for cell in cells:
        text = _text((await reader.get(f"/journey?cell={cell}&lang=en")).text)
        found = re.search(r"(\d+) accounts", text)
        assert found is not None
        numbers.append(int(found[1]))
    assert sum(numbers) == 2
    assert "2 accounts" in _text((await reader.get("/journey?cell=<script>&lang=en")).text)


async def test_a_goal_is_shown_as_one_curve_with_both_ends(scoring: Tenant, reader: AsyncClient) -> None:
    await a_past(scoring)
    page = await reader.get("/journey/implementation?lang=en")
    assert page.status_code == 200
    assert '<polyline class="line"' in page.text
    text = _text(page.text)
    assert "40 accounts entered this phase" in text and "the goal now" in text
    assert (await reader.get("/journey/nowhere")).status_code == 400
    assert (await reader.get("/journey/advocacy?metric=nothing")).status_code == 400


async def test_an_account_shows_the_phases_it_went_through_and_when_it_passes(
    scoring: Tenant, reader: AsyncClient
) -> None:
    await lived(scoring)
    busy = _text((await reader.get("/accounts/busy?lang=en")).text)
    assert "Phases so far" in busy and "goal reached" in busy
    idle = _text((await reader.get("/accounts/idle?lang=ja")).text)
    assert JOURNEY_WORDS["ja"].cannot_say["too-little-data"] in idle  # type: ignore[index]


def test_a_chart_of_nothing_is_empty() -> None:
    assert goal_chart([]).marks == []
