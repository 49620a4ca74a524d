"""What a success model says of incidents: how events say where trouble is, and how many accounts make an incident."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Properties:
    """Under which names an event says its feature and its version; the first that is there counts."""

    feature: tuple[str, ...] = ("feature", "module", "screen")
    version: tuple[str, ...] = ("version", "app_version", "release")


@dataclass(frozen=True, slots=True)
class IncidentRules:
    """All of it. At least `accounts_min` accounts, and beyond what is expected `share_min` of the active ones."""

    enabled: bool = True
    properties: Properties = Properties()
    accounts_min: int = 3
    share_min: float = 0.002
    exempt: frozenset[str] = frozenset()
    """Channels of friction that are no fault of the product, however many accounts meet them at once."""
