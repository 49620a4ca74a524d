"""Reads how much work people have time for from `capacity` in the success model, which scoring checks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeGuard

from banso_alerts.domain.edition import HOURS_PER_CSM_WEEK, Capacity
from banso_common.document import Document
from banso_common.errors import SettingsError
from banso_common.findings import FileWrong


def values_of(file: Path | None, setting: str) -> Mapping[str, Any]:
    """What is written in a file that a setting names; nothing without one. Raises SettingsError."""
    if file is None:
        return {}
    try:
        values: Mapping[str, Any] = Document(file.read_text("utf-8"), str(file)).values
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingsError(f"{setting}: cannot read {file}: {fault}") from None
    except FileWrong as fault:
        raise SettingsError(fault.reason) from None
    return values


def capacity_of(values: Mapping[str, Any]) -> Capacity:
    """The capacity among the values of a success model; what they leave out is the default."""
    said = values.get("capacity")
    section: dict[Any, Any] = said if isinstance(said, dict) else {}
    hours, costs = section.get("hours_per_csm_week"), section.get("cost_per_hour")
    return Capacity(
        float(hours) if _is_amount(hours) else HOURS_PER_CSM_WEEK,
        {str(name): float(cost) for name, cost in costs.items() if _is_amount(cost)} if isinstance(costs, dict) else {},
    )


def _is_amount(said: object) -> TypeGuard[float]:
    """Whether it is a number above zero; anything else is refused by scoring, which checks the file."""
    return isinstance(said, int | float) and not isinstance(said, bool) and said > 0
