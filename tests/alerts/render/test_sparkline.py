"""The trend in one line: a bar a day on the scale of the score, a gap where there is none."""

from __future__ import annotations

import pytest

from banso_alerts.render.compose import compose
from banso_alerts.render.sparkline import BARS, DAYS_SHOWN_MAX, ends, sparkline
from tests.alerts.made import candidate, signal


@pytest.mark.parametrize(
    ("scores", "line"),
    [
        ([0, 100], "▁█"),
        ([0, 14, 15, 28, 29, 43, 58, 72, 86, 99, 100], "▁▁▂▂▃▄▅▆▇▇█"),
        ([72, -1, 34], "▆·▃"),
        ([50, 51], "▄▄"),
        ([300, 0], "█▁"),
        ([], ""),
        ([50], ""),
        ([-1, -1, 50], ""),
    ],
)
def test_a_bar_stands_for_a_day_on_the_scale_of_the_score(scores: list[int], line: str) -> None:
    assert sparkline(scores) == line


def test_only_the_last_days_are_shown() -> None:
    scores = [0] * 100 + [100] * DAYS_SHOWN_MAX
    assert sparkline(scores) == BARS[-1] * DAYS_SHOWN_MAX
    assert ends(scores) == (100, 100)
    assert ends([-1, 70, -1, 30, -1]) == (70, 30)


@pytest.mark.parametrize(
    ("locale", "line"),
    [
        ("ja", "直近4日間のスコア：▆·▄▃ 72 → 34"),
        ("en", "Score over the last 4 days: ▆·▄▃ 72 → 34"),
    ],
)
def test_a_message_shows_the_trend_among_its_reasons_and_not_without_one(locale: str, line: str) -> None:
    said = compose(candidate(signal(owner_locale=locale, trend=[72, -1, 50, 34])), None)
    assert line in said.sections[2].lines
    without = compose(candidate(signal(owner_locale=locale)), None)
    assert said.sections[2].lines[:-1] == without.sections[2].lines
