"""The section `objectives` of the success model file: what the success plan does to health.

The formula is in `banso_scoring.domain.plan.objectives`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from banso_scoring.model.schema_parts import Keys, Score, Share


class ObjectivesFile(Keys):
    """`grace`: how far attainment may be behind the time before it counts; `behind`: how far is failing."""

    enabled: bool = True
    grace: Share = 0.1
    behind: Annotated[float, Field(gt=0, le=1)] = 0.5
    ceiling_failing: Score = 50.0
    ceiling_without: Score = 85.0
