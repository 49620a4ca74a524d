"""The words of receipts in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from banso_common.web.language import Language


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """One language."""

    title: str
    recent: str
    cause: str
    points: str
    total: str
    exact: str
    whole: str


CHANGE_WORDS: Mapping[Language, ChangeWords] = {
    "ja": ChangeWords(
        title="スコアが変わった理由",
        recent="この7日間で変わった理由",
        cause="理由",
        points="点",
        total="合計",
        exact="内訳の合計は変化とちょうど一致します（百万分の一点単位）。",
        whole="内訳をすべて見る",
    ),
    "en": ChangeWords(
        title="Why the score changed",
        recent="Why it changed in 7 days",
        cause="Cause",
        points="Points",
        total="Together",
        exact="The parts add up to the change exactly, in millionths of a point.",
        whole="The whole receipt",
    ),
}
