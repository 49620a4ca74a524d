"""account-activity: the one canonical usage event, as ingest hands it to scoring.

Keyed by the account and sent to `partition_of(account)`. Instants are ms since the epoch; `value` is an
integer of micro-units, because sums of integers do not depend on their order.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

VERSION = 1
MICRO = 1_000_000

HEARTBEAT = "banso.heartbeat"
"""The name of an event that says nothing but that its source is alive."""
Scalar = str | int | float | bool | None


class ActivityKind(StrEnum):
    """What an activity says: that something was done, what an account or a user is, or that a feed is alive.

    A heartbeat stands under the name of its feed, `feed_subject(source)`, and makes no account.
    """

    USAGE = "usage"
    ACCOUNT = "account"
    USER = "user"
    HEARTBEAT = "heartbeat"


class AccountActivity(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One validated event of one account.

    `identity` is `identity_of(source, id)`; `user_key` is `identity_of(account, user)`, 0 without a user.
    For kind `account`, `properties` holds attributes under the names of `AccountAttributes`.
    """

    v: int
    kind: ActivityKind
    identity: int
    id: str
    source: str
    account: str
    name: str
    occurred_at: int
    received_at: int
    user: str | None = None
    user_key: int = 0
    value: int | None = None
    properties: dict[str, Scalar] = {}


class AccountAttributes(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a company says of its account (Segment `group` traits). Every field may be absent.

    `acv` is the annual contract value in micro-units of `currency` (ISO 4217); `time_zone` an IANA name;
    `locale` a BCP 47 tag; `renewal_at` an instant. `contact_*` is the customer's own person,
    `owner_*` the customer-success manager.
    """

    name: str | None = None
    acv: int | None = None
    currency: str | None = None
    seats: int | None = None
    owner_name: str | None = None
    owner_email: str | None = None
    owner_slack: str | None = None
    owner_locale: str | None = None
    contact_name: str | None = None
    contact_email: str | None = None
    time_zone: str | None = None
    locale: str | None = None
    commitment: str | None = None
    category: str | None = None
    renewal_at: int | None = None
    owner_time_zone: str | None = None


activity_decoder = msgspec.json.Decoder(AccountActivity)
