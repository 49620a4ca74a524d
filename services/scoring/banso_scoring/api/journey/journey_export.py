"""The journey's table as a sheet that a team prints or pastes: one row per phase, and one per cell below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Literal

from banso_scoring.api.journey.journey_table_shapes import ConditionShare, JourneyTable, LiveNumbers, PhaseRow
from banso_scoring.api.text_tables import Cell, csv_text, markdown_text
from banso_scoring.domain.journey.journey_table import RECENT_DAYS

Language = Literal["ja", "en"]


class ExportFormat(StrEnum):
    """What the table is written as."""

    CSV = "csv"
    MARKDOWN = "md"


MEDIA_TYPES = {ExportFormat.CSV: "text/csv; charset=utf-8", ExportFormat.MARKDOWN: "text/markdown; charset=utf-8"}
_HEADERS: Mapping[Language, Sequence[str]] = {
    "ja": (
        *("フェーズ", "セル", "実行", "体験", "提供サービス", "ゴール", "顧客数", "ゴール達成（件）", "停滞（件）"),
        *(
            "滞在日数の中央値",
            "目安日数",
            f"通過（{RECENT_DAYS}日）",
            f"後戻り（{RECENT_DAYS}日）",
            "通過までの日数の中央値",
        ),
    ),
    "en": (
        *("phase", "cell", "do", "experience", "services", "goal", "accounts", "goal met", "stalled"),
        *("median days in it", "expected days", f"passed in {RECENT_DAYS} days", f"fell back in {RECENT_DAYS} days"),
        "median days to pass",
    ),
}
_HOLDS = {"ja": "{}日継続", "en": "for {} days"}
_MET = {"ja": "達成", "en": "met by"}


def export(table: JourneyTable, format: ExportFormat, language: Language) -> str:
    """`table` as text in one language."""
    rows: list[list[Cell]] = []
    for phase in table.phases:
        rows.append(_row(phase, "", phase.expected_days, phase.live, language))
        rows += [_row(phase, one.label[language], one.expected_days, one.live, language) for one in phase.cells]
    write = csv_text if format is ExportFormat.CSV else markdown_text
    return write(_HEADERS[language], rows)


def _row(phase: PhaseRow, cell: str, expected_days: int | None, live: LiveNumbers, language: Language) -> list[Cell]:
    texts = [one[language] for one in (phase.label, phase.do, phase.experience, phase.services)]
    goal = "; ".join(_goal(one, language) for one in live.goal)
    if goal and phase.dwell_days > 1:
        goal += f" ({_HOLDS[language].format(phase.dwell_days)})"
    return [
        *(texts[0], cell, *texts[1:], goal, live.accounts, live.goal_met, live.stalled, live.days_median),
        *(expected_days, live.passed, live.fell_back, live.passed_days_median),
    ]


def _goal(one: ConditionShare, language: Language) -> str:
    low = "" if one.at_least is None else f" ≥ {one.at_least:g}"
    high = "" if one.at_most is None else f" ≤ {one.at_most:g}"
    share = "" if one.share is None else f" [{_MET[language]} {one.share:.0%}]"
    return f"{one.label[language]}{low}{high}{share}"
