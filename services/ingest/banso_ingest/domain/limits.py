"""Every limit of an event, by name. Lengths are in characters, sizes in bytes, instants in ms."""

from __future__ import annotations

from dataclasses import dataclass, field

from banso_common.clock import DAY_MS, MINUTE_MS

EVENT_BYTES_MAX = 65_536
ID_LENGTH_MAX = 200
SOURCE_LENGTH_MAX = 200
ACCOUNT_LENGTH_MAX = 200
USER_LENGTH_MAX = 200
NAME_LENGTH_MAX = 200

PROPERTIES_MAX = 256
PROPERTY_KEY_LENGTH_MAX = 128
PROPERTY_STRING_LENGTH_MAX = 4_096
PROPERTY_DEPTH_MAX = 3
PROPERTY_INTEGER_MAX = 2**63 - 1

VALUE_UNITS_MAX = 1_000_000_000
AMOUNT_UNITS_MAX = 1_000_000_000_000
SEATS_MAX = 100_000_000
ATTRIBUTE_LENGTH_MAX = 200
RENEWAL_AT_MIN = 946_684_800_000  # 2000-01-01
RENEWAL_AT_MAX = 7_258_118_400_000  # 2200-01-01

FUTURE_MS_MAX = 5 * MINUTE_MS
KEPT_DAYS_DEFAULT = 400


@dataclass(frozen=True, slots=True)
class Rules:
    """What an installation may set. `zones` are the IANA names that its calendar knows.

    With `user_is_account` an event that names a user and no account belongs to the account of the
    user's own name: consumer products, where each person is a customer. `ids_composed` brings ids of accounts,
    users and sources into NFC; false is for a store that holds decomposed ones of before.
    """

    zones: frozenset[str] = field(repr=False)
    kept_ms: int = KEPT_DAYS_DEFAULT * DAY_MS
    future_ms: int = FUTURE_MS_MAX
    user_is_account: bool = False
    ids_composed: bool = True
