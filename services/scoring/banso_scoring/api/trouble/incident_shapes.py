"""The answers of `GET /v1/incidents`: the same trouble in several accounts, and whom it hit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import ConfigDict
from pydantic.config import JsonDict

from banso_scoring.api.shapes import DESCRIBED

_INCIDENT: JsonDict = {
    "id": "0b47709ac98d4c67",
    "episode": 1,
    "state": "open",
    "event": "import.failed",
    "feature": "csv",
    "version": "2.3.1",
    "first_on": "2026-11-20",
    "opened_at": "2026-11-20T10:02:11.000Z",
    "closed_at": None,
    "ended": None,
    "accounts_total": 6,
    "silent_total": 5,
    "expected": 0.12,
    "amounts": {"JPY": 18_000_000},
    "also": [{"event": "import.timeout", "feature": "csv", "version": None}],
}
_ACCOUNT: JsonDict = {
    "account": "acme",
    "name": "Acme 株式会社",
    "owner": "sato@vendor.example",
    "first_on": "2026-11-20",
    "last_on": "2026-11-21",
    "seen": 14,
    "contacted": False,
    "mostly": True,
    "acv": 12_000_000,
    "currency": "JPY",
}

DETAIL: JsonDict = {"incident": _INCIDENT, "accounts": [_ACCOUNT], "left_out": 0, "contact_known": True}


@dataclass(frozen=True, slots=True)
class AlsoShown:
    """Trouble that the same accounts met on the same days: it is told as part of the incident."""

    __pydantic_config__ = DESCRIBED

    event: str
    feature: str | None
    version: str | None


@dataclass(frozen=True, slots=True)
class IncidentShown:
    """One episode of an incident."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True, json_schema_extra={"example": _INCIDENT})

    id: str
    """The same trouble has the same id, whenever it comes."""
    episode: int
    state: Literal["open", "over"]
    event: str
    feature: str | None
    version: str | None
    first_on: str
    """The first day on which it was met newly."""
    opened_at: str
    closed_at: str | None
    ended: Literal["as-rare-as-before", "usual-by-now"] | None
    """How it ended; `usual-by-now`: it went on for so long that it is what is usual, and is not fixed."""
    accounts_total: int
    silent_total: int
    """Those of them that wrote nothing since."""
    expected: float
    """How many accounts usually meet it in as many days."""
    amounts: dict[str, int]
    """Annual contract values of the accounts, in units by currency."""
    also: list[AlsoShown]
    """What is told with it, since it has the same cause."""


@dataclass(frozen=True, slots=True)
class IncidentAccount:
    """An account that it hit."""

    __pydantic_config__ = DESCRIBED

    account: str
    name: str
    owner: str | None
    first_on: str
    last_on: str
    seen: int
    """How often it met it."""
    contacted: bool
    """Whether it wrote since."""
    mostly: bool
    """Whether its trouble is mostly this one: then it is not told of by itself."""
    acv: int | float | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class IncidentList:
    """Incidents, the open ones first, then the newest."""

    __pydantic_config__ = ConfigDict(
        use_attribute_docstrings=True, json_schema_extra={"example": {"incidents": [_INCIDENT]}}
    )

    incidents: list[IncidentShown]


@dataclass(frozen=True, slots=True)
class IncidentDetail:
    """An incident with whom it hit."""

    __pydantic_config__ = ConfigDict(
        use_attribute_docstrings=True,
        json_schema_extra={"example": DETAIL},
    )

    incident: IncidentShown
    accounts: list[IncidentAccount]
    """Those first that said nothing, then those that were hit hardest."""
    left_out: int
    """So many more are not listed."""
    contact_known: bool
    """False: no live source of contacts is known, so `contacted` says nothing."""
