"""What all sections of the success model file are written with: names, texts, limits, conditions."""

from __future__ import annotations

import re
from typing import Annotated, Any

from babel.numbers import is_currency
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationInfo
from pydantic_core import PydanticCustomError

from banso_scoring.domain.facts.panel import DAYS

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
Event = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\[\]]+$")]
Events = Annotated[list[Event], Field(min_length=1, max_length=100)]
WindowDays = Annotated[int, Field(ge=1, le=DAYS)]
Weight = Annotated[float, Field(gt=0, le=1_000)]
Share = Annotated[float, Field(ge=0, le=1)]


DOUBTS = "doubts"
"""In the context of a validation, where to note what is refused in a new file and obeyed in a stored one."""


def _currency(code: str, info: ValidationInfo) -> str:
    if is_currency(code):
        return code
    if info.context is None or not re.fullmatch("[A-Z]{3}", code):
        raise PydanticCustomError("currency", "is no currency of ISO 4217: write three capital letters, such as JPY")
    info.context[DOUBTS].append(f"{code} is no currency of ISO 4217")
    return code


Currency = Annotated[str, AfterValidator(_currency)]
LAX = Field(strict=False)
"""A text may stand for a member of a closed set."""
Score = Annotated[float, Field(ge=0, le=100)]


class Keys(BaseModel):
    """A mapping of the file that takes no key but its own."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, populate_by_name=True)


def _both_languages(value: Any) -> Any:
    return {"ja": value, "en": value} if isinstance(value, str) else value


class TextsFile(Keys):
    """A text in both languages; written as one string it serves both."""

    ja: Text
    en: Text


Texts = Annotated[TextsFile, BeforeValidator(_both_languages)]


class ConditionFile(Keys):
    """A metric's raw value against a target."""

    metric: Name
    at_least: float | None = None
    at_most: float | None = None


Conditions = Annotated[list[ConditionFile], Field(max_length=10)]
