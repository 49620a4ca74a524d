"""The course of a score: a step for each change, a gap where nothing is known."""

from __future__ import annotations

from banso_common.contracts.account_signal import Band
from banso_scoring.api.detail_shapes import HistoryDay
from banso_scoring.console.chart import chart_of

SIZE = (100, 50)


def _day(day: str, score: float | None) -> HistoryDay:
    return HistoryDay(day=day, score=score, coverage=1.0, band=Band.WATCH, phase="operation", model_version="m")


def test_a_score_stands_until_the_day_on_which_it_changed() -> None:
    chart = chart_of([_day("2026-01-01", 100.0), _day("2026-01-06", 50.0)], "2026-01-11", 20.0, 10, SIZE)
    assert chart.line == "M0.0 0.0H50.0V25.0H100.0V40.0H100.0"
    assert (chart.end_x, chart.end_y) == (100.0, 40.0)


def test_a_day_before_the_span_says_how_it_began() -> None:
    chart = chart_of([_day("2025-06-01", 80.0)], "2026-01-11", 80.0, 10, SIZE)
    assert chart.line.startswith("M0.0 10.0H100.0")


def test_where_the_score_is_unknown_there_is_a_gap() -> None:
    history = [_day("2026-01-01", 100.0), _day("2026-01-03", None), _day("2026-01-06", 50.0)]
    chart = chart_of(history, "2026-01-11", None, 10, SIZE)
    assert chart.line == "M0.0 0.0H20.0M50.0 25.0H100.0"
    assert chart.end_y is None


def test_an_account_of_today_has_no_course_yet() -> None:
    assert chart_of([], "2026-01-11", None, 10, SIZE).line == ""
