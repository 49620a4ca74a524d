"""The trend in a few numbers, and as bars where the sink can draw them."""

from __future__ import annotations

import re

import pytest

from banso_alerts.render.compose import compose
from banso_alerts.render.trend import DAYS_SHOWN_MAX, in_steps, shown_days
from banso_alerts.render.written import TREND_PX, as_html
from tests.alerts.made import candidate, signal


@pytest.mark.parametrize(
    ("scores", "steps"),
    [
        ([72, -1, 34], [72, 34]),
        (list(range(100, 0, -4)), [100, 76, 52, 28, 4]),
        ([50, 51, 52, 53, 54, 55], [50, 51, 52, 54, 55]),
        ([], []),
        ([50], []),
        ([-1, -1, 50], []),
    ],
)
def test_at_most_five_steps_with_the_first_and_the_last(scores: list[int], steps: list[int]) -> None:
    assert in_steps(scores) == steps


def test_only_the_last_days_are_shown() -> None:
    scores = [0] * 100 + [100] * DAYS_SHOWN_MAX
    assert shown_days(scores) == [100] * DAYS_SHOWN_MAX
    assert in_steps(scores) == [100] * 5


@pytest.mark.parametrize(
    ("locale", "line"),
    [("ja", "直近4日間のスコア：72 → 50 → 34"), ("en", "Score over the last 4 days: 72 → 50 → 34")],
)
def test_a_message_shows_the_trend_among_its_reasons_and_not_without_one(locale: str, line: str) -> None:
    said = compose(candidate(signal(owner_locale=locale, trend=[72, -1, 50, 34])), None)
    assert line in said.sections[2].lines
    without = compose(candidate(signal(owner_locale=locale)), None)
    assert said.sections[2].lines[:-1] == without.sections[2].lines


def test_a_mail_draws_a_bar_a_day_as_high_as_its_score_and_none_where_nobody_knows() -> None:
    page = as_html(compose(candidate(signal(trend=[100, -1, 50, 0])), None))
    drawn = re.findall(r'class="bar" style="width: 9px; height: (\d+)px', page)
    assert [int(height) for height in drawn] == [TREND_PX, TREND_PX // 2, 0]
    assert 'class="bar"' not in as_html(compose(candidate(signal()), None))
