"""The section `patterns` of the success model file: several ways to succeed, side by side.

What they do is in `banso_scoring.domain.health.patterns`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from banso_scoring.model.schema_parts import Conditions, Keys, Name, Texts

PATTERNS_MAX = 12
PatternWeight = Annotated[float, Field(ge=0, le=1_000)]


class PatternFile(Keys):
    """A way to succeed: `when` it is followed, and the weights of dimensions that differ; 0 leaves one out."""

    label: Texts | None = None
    when: Annotated[Conditions, Field(min_length=1)]
    weights: Annotated[dict[Name, PatternWeight], Field(max_length=20)] = {}


class PatternsFile(Keys):
    """`hold_days`: so many days in a row another pattern has to be nearer before an account changes to it."""

    hold_days: Annotated[int, Field(ge=1, le=365)] = 14
    any_of: Annotated[dict[Name, PatternFile], Field(max_length=PATTERNS_MAX)] = {}
