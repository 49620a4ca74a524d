"""The answer to why a score changed: parts in whole millionths of a point, which add up to the change exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ConfigDict
from pydantic.config import JsonDict

from banso_scoring.api.shapes import DESCRIBED
from banso_scoring.domain.receipt.receipts import Status
from banso_scoring.domain.receipt.what_if import Kind

Texts = Mapping[str, str]
"""A text by language: `ja`, `en`."""

EXAMPLE: JsonDict = {
    "account": "acme",
    "status": "change",
    "before": {
        "day": "2026-11-20",
        "score_micro": 61_250_000,
        "score": 61.3,
        "coverage": 0.72,
        "model_version": "b2b-software@45155efe3091",
        "model_kept": True,
        "cohort_kept": True,
    },
    "after": {
        "day": "2026-11-21",
        "score_micro": 54_832_107,
        "score": 54.8,
        "coverage": 0.72,
        "model_version": "b2b-software@45155efe3091",
        "model_kept": True,
        "cohort_kept": True,
    },
    "change_micro": -6_417_893,
    "parts": [
        {
            "kind": "facts",
            "name": "export error",
            "micro": -5_900_213,
            "points": -5.9,
            "label": {
                "ja": "「export error」11件（うち2件は遅れて判明）",
                "en": "export error: 11 events, 2 of them late",
            },
            "events": 11,
            "late_events": 2,
            "first_day": "2026-11-17",
            "last_day": "2026-11-21",
            "lines": [
                {
                    "dimension": "smoothness",
                    "metric": "trouble",
                    "label": {"ja": "つまずきの度合い", "en": "trouble beyond the usual"},
                    "micro": -5_900_213,
                }
            ],
        },
        {
            "kind": "time",
            "name": "",
            "micro": -517_680,
            "points": -0.52,
            "label": {"ja": "時間の経過（1日）", "en": "the passing of 1 day"},
            "events": None,
            "late_events": None,
            "first_day": None,
            "last_day": None,
            "lines": [
                {
                    "dimension": "activity",
                    "metric": "days_since_active",
                    "label": {"ja": "最後の利用からの日数", "en": "days since last use"},
                    "micro": -517_680,
                }
            ],
        },
    ],
    "lost_evidence": [],
}


@dataclass(frozen=True, slots=True)
class ScoreThen:
    """A score as it was known at the close of a day; of today, as it is known now."""

    __pydantic_config__ = DESCRIBED

    day: str
    """The account's own day."""
    score_micro: int | None
    """Millionths of a point; null when there was too little data for a score."""
    score: float | None
    """0 to 100 with one decimal, for people."""
    coverage: float
    model_version: str
    """The model that made the score which was shown."""
    model_kept: bool
    """Whether that model is still there; if not, another one had to read the facts of that day."""
    cohort_kept: bool
    """Whether it is still known what was usual that day; if not, what is usual now was taken."""


@dataclass(frozen=True, slots=True)
class PartLine:
    """What a part did through one metric; without names, what no metric explains, as a ceiling."""

    __pydantic_config__ = DESCRIBED

    dimension: str
    metric: str
    label: Texts
    micro: int


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One cause and what it did to the score. Its lines add up to it exactly."""

    __pydantic_config__ = DESCRIBED

    kind: Kind
    name: str
    """The event's name (`facts`), or the dimension's (`dimension`); else empty."""
    micro: int
    """Millionths of a point."""
    points: float
    """The same with two decimals, for people."""
    label: Texts
    events: int | None
    """How many events became known in between."""
    late_events: int | None
    """How many of them became known on a later day than they happened."""
    first_day: str | None
    last_day: str | None
    lines: list[PartLine]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A receipt. Of a `change` the parts add up to `change_micro`; of a `new-score`, to the score itself."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True, json_schema_extra={"example": EXAMPLE})

    account: str
    status: Status
    before: ScoreThen
    after: ScoreThen
    change_micro: int | None
    """`after` less `before`; null where one of them has no score."""
    parts: list[ScorePart]
    """The largest first."""
    lost_evidence: list[str]
    """Metrics that had evidence then and have none now."""
