"""The answer of `GET /v1/iceberg`: trouble that is heard of, and how much more there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ConfigDict
from pydantic.config import JsonDict

from banso_scoring.api.shapes import DESCRIBED

_DEPTH: JsonDict = {
    "heard": 4,
    "unheard": 11.3,
    "unheard_from": 7.1,
    "unheard_to": 15.8,
    "heard_amounts": {"JPY": 9_600_000},
    "unheard_amounts": {"JPY": 31_400_000},
    "heard_unpriced": 1,
    "unheard_unpriced": 2.4,
}

ICEBERG: JsonDict = {
    "accounts": 240,
    "too_little_data": 18,
    "contact_unknown": 0.0,
    "whole": _DEPTH,
    "kinds": [
        {
            "kind": "failure",
            "label": {"ja": "失敗した操作", "en": "failed actions"},
            "depth": _DEPTH,
            "signatures": [{"event": "import.failed", "feature": "csv", "version": "2.3.1", "depth": _DEPTH}],
            "rest": {
                "signatures": 0,
                "heard": 0,
                "unheard": 0.0,
                "heard_amounts": {},
                "unheard_amounts": {},
                "heard_unpriced": 0,
                "unheard_unpriced": 0.0,
            },
        }
    ],
    "as_of": "2026-11-21T00:03:12.481Z",
    "model_version": "b2b-software@45155efe3091",
}


@dataclass(frozen=True, slots=True)
class DepthShown:
    """Accounts in trouble, and the annual contract values behind them, in units by currency."""

    __pydantic_config__ = DESCRIBED

    heard: int
    """Accounts that are in trouble and wrote since it began."""
    unheard: float
    """How many accounts more are in trouble and say nothing: their chances to be, added up."""
    unheard_from: float
    """With `unheard_to` the 90 % interval, if each chance is right."""
    unheard_to: float
    heard_amounts: dict[str, int]
    unheard_amounts: dict[str, int]
    heard_unpriced: int
    """Of `heard`, those whose amount nobody said."""
    unheard_unpriced: float


@dataclass(frozen=True, slots=True)
class SignatureDepth:
    """Of a kind what is of one signature: by how often each account met it. Who wrote counts at its most frequent."""

    __pydantic_config__ = DESCRIBED

    event: str
    feature: str | None
    version: str | None
    depth: DepthShown


@dataclass(frozen=True, slots=True)
class RestShown:
    """What of a kind is of no signature that is named: with those it adds up to the kind."""

    __pydantic_config__ = DESCRIBED

    signatures: int
    """So many more are known."""
    heard: int
    unheard: float
    heard_amounts: dict[str, int]
    unheard_amounts: dict[str, int]
    heard_unpriced: int
    unheard_unpriced: float


@dataclass(frozen=True, slots=True)
class TroubleDepth:
    """One kind of trouble; an account with several counts in each by its share of the evidence."""

    __pydantic_config__ = DESCRIBED

    kind: str | None
    """A friction channel of the model; null: trouble without evidence of one kind."""
    label: Mapping[str, str] | None
    depth: DepthShown
    signatures: list[SignatureDepth]
    """Event, feature and version, most unheard first; at most 5."""
    rest: RestShown


@dataclass(frozen=True, slots=True)
class IcebergShown:
    """All of it, and each kind."""

    __pydantic_config__ = ConfigDict(
        use_attribute_docstrings=True,
        json_schema_extra={"example": ICEBERG},
    )

    accounts: int
    """Accounts whose contract lasts; the two below are among them and in no other number."""
    too_little_data: int
    contact_unknown: float
    """How many are in trouble of which nobody knows whether they wrote."""
    whole: DepthShown
    kinds: list[TroubleDepth]
    """Most unheard first."""
    as_of: str | None
    """When the accounts were last added up, those longest ago; null before the first time."""
    model_version: str
