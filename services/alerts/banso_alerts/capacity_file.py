"""Reads how much work people have time for from `capacity` in the success model file, which scoring checks."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

from banso_common.document import Document
from banso_common.errors import SettingsError
from banso_common.findings import FileWrong

HOURS_PER_CSM_WEEK = 30.0
"""What the success model assumes when it does not say."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """Hours of one customer-success manager and week, and what an hour costs, in units by currency."""

    hours_per_week: float = HOURS_PER_CSM_WEEK
    cost_per_hour: dict[str, float] = field(default_factory=dict)


def load_capacity(model_file: Path | None) -> Capacity:
    """The capacity that the model file says; what it leaves out is the default. Raises SettingsError."""
    if model_file is None:
        return Capacity()
    try:
        said = Document(model_file.read_text("utf-8"), str(model_file)).values.get("capacity")
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingsError(f"BANSO_MODEL_FILE: cannot read {model_file}: {fault}") from None
    except FileWrong as fault:
        raise SettingsError(fault.reason) from None
    section: dict[Any, Any] = said if isinstance(said, dict) else {}
    hours, costs = section.get("hours_per_csm_week"), section.get("cost_per_hour")
    return Capacity(
        float(hours) if _is_amount(hours) else HOURS_PER_CSM_WEEK,
        {str(name): float(cost) for name, cost in costs.items() if _is_amount(cost)} if isinstance(costs, dict) else {},
    )


def _is_amount(said: object) -> TypeGuard[float]:
    """Whether it is a number above zero; anything else is refused by scoring, which checks the file."""
    return isinstance(said, int | float) and not isinstance(said, bool) and said > 0
