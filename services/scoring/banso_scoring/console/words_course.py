"""The console's words for the course of trouble, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from banso_common.web.language import Language
from banso_scoring.domain.struggle.course import Stage


@dataclass(frozen=True, slots=True)
class CourseWords:
    """`stages` by stage; `since` takes the day and the factor, `until` the day on which it is forgotten."""

    title: str
    any_stage: str
    stages: Mapping[Stage, str]
    since: str
    until: str
    wrote: str
    answered: str
    resolved: str
    ended: str


COURSE_WORDS: Mapping[Language, CourseWords] = {
    "ja": CourseWords(
        title="つまずきの経過",
        any_stage="つまずきの経過すべて",
        stages={
            Stage.NONE: "つまずきなし",
            Stage.UNSPOKEN: "一度も相談がない",
            Stage.CONTACT_UNKNOWN: "相談の有無は不明",
            Stage.CONTACTED: "相談あり、未回答",
            Stage.ANSWERED: "回答済み、未解決",
            Stage.RECURRED: "再発",
            Stage.RESOLVED: "解決済み（確認中）",
            Stage.CONFIRMED: "解決を確認",
        },
        since="{0}から（{1}日）。ヘルススコアは{2}倍",
        until="{}までに影響がなくなります",
        wrote="相談",
        answered="回答",
        resolved="解決",
        ended="収束",
    ),
    "en": CourseWords(
        title="Course of trouble",
        any_stage="any course of trouble",
        stages={
            Stage.NONE: "no trouble",
            Stage.UNSPOKEN: "never spoken of",
            Stage.CONTACT_UNKNOWN: "contact unknown",
            Stage.CONTACTED: "they wrote; not answered",
            Stage.ANSWERED: "answered; not resolved",
            Stage.RECURRED: "come again",
            Stage.RESOLVED: "resolved; does it hold?",
            Stage.CONFIRMED: "resolved for good",
        },
        since="since {0} ({1} days); health is multiplied by {2}",
        until="forgotten by {}",
        wrote="they wrote",
        answered="answered",
        resolved="resolved",
        ended="friction ended",
    ),
}
