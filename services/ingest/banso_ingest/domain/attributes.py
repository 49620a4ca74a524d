"""What a company says of its account, in the names and units of AccountAttributes.

`SPELLINGS` is the exact table of what is understood; the first spelling that is present wins. A dot stands
for a step into an object, `0` for the first entry of a list. Everything else that was said is kept as a
flat property under its own name. A null takes the attribute away. Objectives of the success plan are said
under `objectives.<key>.<field>` and have to fit their contract.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from banso_common.contracts import objective
from banso_common.contracts.account_activity import Scalar
from banso_common.errors import Refused
from banso_ingest.domain.amount import micro_of
from banso_ingest.domain.instant import day_or_instant_of
from banso_ingest.domain.limits import (
    AMOUNT_UNITS_MAX,
    ATTRIBUTE_LENGTH_MAX,
    RENEWAL_AT_MAX,
    RENEWAL_AT_MIN,
    SEATS_MAX,
)
from banso_ingest.domain.properties import flat
from banso_ingest.domain.refusal import RefusalCode, refusal
from banso_ingest.domain.text import is_clean

SPELLINGS: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "acv": ("acv", "annual_contract_value", "annualContractValue"),
    "currency": ("currency",),
    "seats": ("seats", "seat_count", "seatCount"),
    "owner_name": ("owner_name", "ownerName", "owner.name", "owner"),
    "owner_email": ("owner_email", "ownerEmail", "owner.email"),
    "owner_slack": ("owner_slack", "ownerSlack", "owner.slack"),
    "owner_locale": ("owner_locale", "ownerLocale", "owner.locale"),
    "owner_time_zone": ("owner_time_zone", "ownerTimeZone", "owner.time_zone", "owner.timezone"),
    "contact_name": ("contact_name", "contactName", "contact.name", "contacts.0.name"),
    "contact_email": ("contact_email", "contactEmail", "contact.email", "contacts.0.email"),
    "time_zone": ("time_zone", "timeZone", "timezone"),
    "locale": ("locale",),
    "commitment": ("commitment",),
    "category": ("category",),
    "renewal_at": ("renewal_at", "renewalAt", "renewal_date", "renewalDate"),
}

ZONES = ("time_zone", "owner_time_zone")
_EMAIL = re.compile(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,190}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-[A-Za-z0-9]{5,8}){0,2}")


def attributes_of(traits: dict[str, Any], zones: frozenset[str]) -> dict[str, Scalar]:
    """`traits` under canonical names and in canonical units, the unknown ones kept beside them.

    Raises Refused(bad-attribute, bad-property, too-many-properties, too-deep).
    """
    given = dict(flat(traits))
    found: dict[str, Scalar] = {}
    for attribute, spellings in SPELLINGS.items():
        present = [spelling for spelling in spellings if spelling in given]
        if present:
            found[attribute] = _read(attribute, given[present[0]], zones)
            for spelling in present:
                del given[spelling]
    for name, written in given.items():
        if name.startswith(objective.PREFIX) and "." in name.removeprefix(objective.PREFIX):
            given[name] = _of_objective(name, written)
    given.update(found)
    return given


def _of_objective(name: str, written: Scalar) -> Scalar:
    """What is said of an objective, `objectives.<key>.<field>`, in the form of its contract."""
    place = objective.split(name)
    if place is None:
        fields = ", ".join(objective.FIELDS)
        raise refusal(
            RefusalCode.BAD_ATTRIBUTE,
            f"`{name[:80]}` is of no objective: it must be objectives.<key>.<field> with a key of a-z, 0-9, - and _, "
            f"and one of the fields {fields}",
        )
    read = None if written is None else objective.read(place[1], written)
    if written is not None and read is None:
        raise refusal(
            RefusalCode.BAD_ATTRIBUTE,
            f"`{name}` cannot be {ascii(written)[:60]}: it must be {objective.meant(place[1])}",
        )
    return read


def _read(attribute: str, written: Scalar, zones: frozenset[str]) -> Scalar:
    if written is None:
        return None
    reader = _READERS.get(attribute, _text)
    read = _zone(written, zones) if attribute in ZONES else reader(written)
    if read is None:
        raise refusal(
            RefusalCode.BAD_ATTRIBUTE,
            f"`{attribute}` cannot be {ascii(written)[:60]}: it must be {_MEANT.get(attribute, _TEXT_MEANT)}",
        )
    return read


def _text(written: Scalar) -> str | None:
    if isinstance(written, str) and 0 < len(written) <= ATTRIBUTE_LENGTH_MAX and is_clean(written):
        return written
    return None


def _acv(written: Scalar) -> int | None:
    if isinstance(written, bool) or not isinstance(written, int | float) or written < 0:
        return None
    return micro_of(written, AMOUNT_UNITS_MAX)


def _seats(written: Scalar) -> int | None:
    if isinstance(written, bool) or not isinstance(written, int | float):
        return None
    return int(written) if 0 <= written <= SEATS_MAX and written == int(written) else None


def _currency(written: Scalar) -> str | None:
    upper = written.upper() if isinstance(written, str) and written.isascii() else ""
    return upper if _CURRENCY.fullmatch(upper) else None


def _email(written: Scalar) -> str | None:
    text = _text(written)
    return text if text is not None and _EMAIL.fullmatch(text) else None


def _locale(written: Scalar) -> str | None:
    tag = written.replace("_", "-") if isinstance(written, str) else ""
    return tag if _LOCALE.fullmatch(tag) else None


def _zone(written: Scalar, zones: frozenset[str]) -> str | None:
    return written if isinstance(written, str) and written in zones else None


def _renewal(written: Scalar) -> int | None:
    if isinstance(written, bool) or not isinstance(written, str | int):
        return None
    try:
        at = day_or_instant_of(written)
    except Refused:
        return None
    return at if RENEWAL_AT_MIN <= at <= RENEWAL_AT_MAX else None


_READERS: dict[str, Callable[[Scalar], Scalar]] = {
    "acv": _acv,
    "currency": _currency,
    "seats": _seats,
    "owner_email": _email,
    "owner_locale": _locale,
    "contact_email": _email,
    "locale": _locale,
    "renewal_at": _renewal,
}

_TEXT_MEANT = f"a text of 1 to {ATTRIBUTE_LENGTH_MAX} printable characters"
_MEANT: dict[str, str] = {
    "acv": f"a number of currency units from 0 to {AMOUNT_UNITS_MAX}",
    "currency": "three letters of ISO 4217",
    "seats": f"a whole number from 0 to {SEATS_MAX}",
    "owner_email": "one e-mail address",
    "owner_locale": "a BCP 47 tag such as ja-JP",
    "contact_email": "one e-mail address",
    "time_zone": "an IANA name such as Asia/Tokyo",
    "owner_time_zone": "an IANA name such as Asia/Tokyo",
    "locale": "a BCP 47 tag such as ja-JP",
    "renewal_at": "a date such as 2027-03-31, an RFC 3339 instant, or ms since the epoch",
}
