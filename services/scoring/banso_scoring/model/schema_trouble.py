"""The section `trouble` of the success model file: what the course of an account's trouble does to its health.

The formula is in `banso_scoring.domain.struggle.course`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from banso_scoring.model.schema_parts import Keys, Share

Days = Annotated[int, Field(ge=1, le=90)]


class TroubleCourseFile(Keys):
    """Factors of health, and days. `open` and `unspoken` follow from the bands where they are left out."""

    enabled: bool = True
    slowly: Share = 0.9
    open: Share | None = None
    unspoken: Share | None = None
    lead_days: Annotated[int, Field(ge=0, le=28)] = 7
    fast_days: Annotated[int, Field(ge=0, le=28)] = 3
    confirm_days: Days = 21
    memory_days: Days = 60
