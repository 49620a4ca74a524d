"""A play as it is written, its keys with their limits and defaults; what the keys mean is in docs/plays.md."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from banso_alerts.domain.plays import COST_HOURS, UPLIFT_PRIOR, Audience, PlayChannel, Reach, Template
from banso_common.contracts.account_signal import Severity, SignalKind, SignalState, TouchModel

LINES_MAX = 10
VARIANTS_MAX = 8
HOURS_MAX = 24 * 366
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
CUSTOMER_PLACEHOLDERS = frozenset({"account_name", "contact_name", "owner_name"})
"""What may be filled in where a customer reads it: names, and nothing that was found out about them."""
PLACEHOLDERS = CUSTOMER_PLACEHOLDERS | {
    "account", "phase", "touch", "cell", "band", "score", "acv", "opened_on", "phase_days", "last_event_days",
    "top_channel", "contacts_seen", "contacts_expected", "phase_services",
}  # fmt: skip

LAX = Field(strict=False)
"""A text may stand for a member of a closed set."""


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _plain(text: str) -> str:
    """No control characters, and no brace that is not part of a placeholder."""
    if any(ord(char) < 32 or ord(char) == 127 for char in text):
        raise ValueError("one line of printable characters")
    if set("{}") & set(PLACEHOLDER.sub("", text)):
        raise ValueError("a brace stands alone; a placeholder is written {account_name}")
    return text


def _twice(items: list[Any]) -> list[Any]:
    if len(set(items)) < len(items):
        raise ValueError("the same is written twice")
    return items


Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
ModelName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(_plain)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_plain)]
Lines = Annotated[list[Line], BeforeValidator(_listed), Field(min_length=1, max_length=LINES_MAX)]
Kinds = Annotated[list[Annotated[SignalKind, LAX]], BeforeValidator(_listed), Field(min_length=1)]
States = Annotated[list[Annotated[SignalState, LAX]], BeforeValidator(_listed), Field(min_length=1)]
Touches = Annotated[list[Annotated[TouchModel, LAX]], BeforeValidator(_listed)]
ModelNames = Annotated[list[ModelName], BeforeValidator(_listed), Field(max_length=50)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Channels = Annotated[list[Annotated[PlayChannel, LAX]], Field(min_length=1), AfterValidator(_twice)]


class Keys(BaseModel):
    """A mapping of the file that takes no key but its own."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class WhenFile(Keys):
    """Which signals: kind, and if it matters cell, phase, touch, state and whether it is a support matter."""

    kind: Kinds
    cell: ModelNames = []
    phase: ModelNames = []
    touch: Touches = []
    state: States = [SignalState.OPENED]
    support: bool | None = None


class CostFile(Keys):
    """Hours of the recipient, and money in units of a currency."""

    hours: Annotated[float, Field(ge=0, le=168)] = COST_HOURS
    money: Annotated[dict[Currency, Annotated[float, Field(ge=0, le=1e9)]], Field(max_length=20)] = {}


class OwnTextFile(Keys):
    """Own words in one language."""

    title: Title
    what: Lines
    do: Lines

    def placeholders(self) -> Iterable[str]:
        """The names in braces."""
        return (name for line in (self.title, *self.what, *self.do) for name in PLACEHOLDER.findall(line))


class TextsFile(Keys):
    """Own words in both languages."""

    ja: OwnTextFile
    en: OwnTextFile


class PlayFile(Keys):
    """One play, as it is written."""

    name: Name
    when: WhenFile
    audience: Annotated[Audience, LAX]
    customer: bool = False
    channels: Channels
    template: Annotated[Template, LAX] | None = None
    text: TextsFile | None = None
    variants: Annotated[dict[Name, TextsFile], Field(max_length=VARIANTS_MAX)] = {}
    wording: Name | None = None
    cooldown_hours: Annotated[float, Field(ge=0, le=HOURS_MAX)]
    expiry_hours: Annotated[float, Field(gt=0, le=HOURS_MAX)]
    severity_floor: Annotated[Severity, LAX] = Severity.INFO
    reach: Annotated[Reach, LAX] = Reach.FIRST
    quiet_hours: bool = True
    only_named: bool = False
    cost: CostFile = CostFile()
    shadow: bool = False
    uplift: Annotated[float, Field(ge=0, le=1)] = UPLIFT_PRIOR
