"""The section `incidents` of the success model file: when the same trouble in several accounts is one incident.

The formulas are in `banso_scoring.domain.incident`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from banso_scoring.domain.incident.rules import Properties
from banso_scoring.model.schema_parts import Keys, Name, Share

Property = Annotated[str, StringConstraints(min_length=1, max_length=128)]
_DEFAULT = Properties()


class IncidentsFile(Keys):
    """`feature` and `version`: under which properties events say them, the first that is there counts. `except`:
    channels of friction that are no fault of the product."""

    enabled: bool = True
    feature: Annotated[list[Property], Field(max_length=10)] = [*_DEFAULT.feature]
    version: Annotated[list[Property], Field(max_length=10)] = [*_DEFAULT.version]
    accounts_min: Annotated[int, Field(ge=2, le=100_000)] = 3
    share_min: Share = 0.002
    except_: Annotated[list[Name], Field(max_length=8, alias="except")] = []
