"""Which success pattern an account follows, as the API shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso_scoring.api.render import day_or_none, points
from banso_scoring.api.shapes import DESCRIBED
from banso_scoring.domain.evaluation import Evaluation
from banso_scoring.domain.standing import NO_VALUE
from banso_scoring.domain.success_model import SuccessModel


@dataclass(frozen=True, slots=True)
class PatternShown:
    """One way to succeed, and how the account fares by it."""

    __pydantic_config__ = DESCRIBED

    key: str
    label: Mapping[str, str]
    follows: bool
    """All conditions of the pattern hold today."""
    score: float | None
    """0 to 100: what health would be by this pattern, before the ceiling of objectives."""


@dataclass(frozen=True, slots=True)
class FollowingShown:
    """The success patterns of the model; health comes from `pattern`."""

    __pydantic_config__ = DESCRIBED

    pattern: str | None
    """The nearest pattern that it follows; null: none, and the plain weights count."""
    since: str | None
    wavering_since: str | None
    """The day since which another one has been nearer; it is taken after the model's days to hold."""
    patterns: list[PatternShown]


def following_shown(model: SuccessModel, found: Evaluation, column: int) -> FollowingShown | None:
    """The patterns of the account in `column`; None for a model without any."""
    known = model.patterns.any_of
    if not known:
        return None
    following = found.following
    index = int(following.pattern[column])

    def day(days: NDArray[np.int32]) -> str | None:
        return day_or_none(int(days[column]))

    return FollowingShown(
        pattern=None if index == NO_VALUE else known[index].key,
        since=day(following.pattern_day),
        wavering_since=day(following.pattern_until),
        patterns=[
            PatternShown(one.key, one.labels, bool(follows[column]), points(float(score[column])))
            for one, follows, score in zip(known, following.follows, following.scores, strict=True)
        ],
    )
