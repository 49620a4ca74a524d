"""The answers of the API that list: plain dataclasses, so that OpenAPI describes them and msgspec encodes them.

Instants are RFC 3339 in UTC; days are ISO dates in the account's time zone; `acv` is in units of its currency.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ConfigDict

from banso_common.contracts.account_signal import Band, SignalKind, TouchModel
from banso_scoring.api import examples
from banso_scoring.api.feeds.feed_shapes import AccountFeed
from banso_scoring.domain.struggle.course import Stage

DESCRIBED = ConfigDict(use_attribute_docstrings=True)


@dataclass(frozen=True, slots=True)
class AccountSummary:
    """An account as the list shows it."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True, json_schema_extra={"example": examples.SUMMARY})

    account: str
    """Its id, as your events name it."""
    name: str
    owner: str | None
    """Mail address of the customer-success manager, or the name when no address is known."""
    touch: TouchModel
    cell: str | None
    """The cell of the matrix; null until it is first placed."""
    cell_since: str | None
    acv: int | float | None
    """Annual contract value in units of `currency`."""
    currency: str | None
    renewal_at: str | None
    score: int | None
    """Health, 0 to 100 in whole points; null when there is too little data to say."""
    coverage: float
    """0 to 1: the share of the model's evidence that this account has. Read the score together with it."""
    band: Band
    """`unknown` goes with a score of null, or with a `feed` that is stale: then the score is the last one."""
    phase: str
    phase_entered_on: str
    ended_on: str | None
    """The day on which its contract ended; null while it lasts. From then on there is no score and no signal."""
    trouble: Stage
    """Where its trouble stands; `none` for most."""
    signals: list[SignalKind]
    """The kinds of episode that are open now, the gravest first."""
    last_event_on: str | None
    feed: AccountFeed
    model_version: str
    changed_at: str
    """When anything that this row shows last changed."""


@dataclass(frozen=True, slots=True)
class AccountList:
    """A page of accounts."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True, json_schema_extra={"example": examples.LIST})

    accounts: list[AccountSummary]
    next: str | None
    """The cursor of the next page, to be sent with the same filters and order; null on the last page."""


@dataclass(frozen=True, slots=True)
class LaneCount:
    """What became of the records of one partition of account-activity."""

    __pydantic_config__ = DESCRIBED

    lane: int
    received: int
    applied: int
    """Late events are among these."""
    duplicate: int
    dead_lettered: int
    late: int
    adds_up: bool
    """received = applied + duplicate + dead_lettered."""
    next_offset: int | None
    """The offset at which reading goes on; null before the first record."""
    closed_through: str
    """The day through which every account of the lane is closed."""


@dataclass(frozen=True, slots=True)
class GapAccepted:
    """Records that the log gave up before they were read, and an operator's word that they are lost."""

    __pydantic_config__ = DESCRIBED

    lane: int
    from_offset: int
    to_offset: int
    """The offset at which reading went on; below `from_offset` when the log had been made anew."""
    accepted_at: str
    reason: str


@dataclass(frozen=True, slots=True)
class Conservation:
    """Whether every record that was received is accounted for, by partition."""

    __pydantic_config__ = DESCRIBED

    adds_up: bool
    lanes: list[LaneCount]
    gaps: list[GapAccepted]
    """Records that nobody received, and that somebody accepted as lost; oldest first."""
