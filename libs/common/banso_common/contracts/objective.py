"""What is said of an account's objectives: attributes of the account under `objectives.<key>.<field>`.

They travel as an activity of kind `account`, so every form of a usage event can say them and a reader that does
not know them passes them over. A field says what is agreed, the newest statement of it wins; `value` is a point
of progress at the instant of its statement, and all points are kept. Null takes a field away.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum

import msgspec

from banso_common.contracts.account_activity import Scalar

PREFIX = "objectives."
PROGRESS = "value"
KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
TEXT_CHARS_MAX = 200
NUMBER_MAX = 1e15
WEIGHT_MAX = 1_000.0


class ObjectiveStatus(StrEnum):
    """Whether the objective stands."""

    AGREED = "agreed"
    WITHDRAWN = "withdrawn"


class ObjectiveFields(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What can be said of one objective; every field may be absent.

    `baseline` is where the customer began and `target` where they want to be, which may be below; both in `unit`.
    `agreed_on` and `due_on` are ISO dates in the account's zone. Progress is `value`, or is read from `metric`, a
    metric of the success model (of kind `last-value` it is the newest value of an event).
    """

    name: str | None = None
    unit: str | None = None
    baseline: float | None = None
    target: float | None = None
    weight: float | None = None
    agreed_on: str | None = None
    due_on: str | None = None
    status: ObjectiveStatus | None = None
    metric: str | None = None
    value: float | None = None


FIELDS = ObjectiveFields.__struct_fields__


def property_of(key: str, field: str) -> str:
    """The name of the property that says `field` of the objective `key`."""
    return f"{PREFIX}{key}.{field}"


def split(name: str) -> tuple[str, str] | None:
    """(key, field) of a property's name; None when it is of no objective, or of no field."""
    if not name.startswith(PREFIX):
        return None
    key, _, field = name.removeprefix(PREFIX).partition(".")
    return (key, field) if field in FIELDS and KEY.fullmatch(key) else None


def read(field: str, written: Scalar) -> Scalar:
    """`written` in the field's canonical form; None when it does not fit."""
    return _READERS[field](written)


def meant(field: str) -> str:
    """What the field has to be, for the person who wrote something else."""
    return _MEANT.get(field, f"a text of 1 to {TEXT_CHARS_MAX} printable characters")


def _text(written: Scalar) -> str | None:
    fits = isinstance(written, str) and 0 < len(written) <= TEXT_CHARS_MAX
    return written if isinstance(written, str) and fits and written.isprintable() else None


def _number(written: Scalar) -> float | None:
    if isinstance(written, bool) or not isinstance(written, int | float):
        return None
    return float(written) if abs(written) <= NUMBER_MAX and math.isfinite(written) else None


def _weight(written: Scalar) -> float | None:
    number = _number(written)
    return number if number is not None and 0 < number <= WEIGHT_MAX else None


def _day(written: Scalar) -> str | None:
    try:
        return date.fromisoformat(written).isoformat() if isinstance(written, str) else None
    except ValueError:
        return None


def _status(written: Scalar) -> str | None:
    return written if isinstance(written, str) and written in set(ObjectiveStatus) else None


_READERS: dict[str, Callable[[Scalar], Scalar]] = {
    "name": _text,
    "unit": _text,
    "baseline": _number,
    "target": _number,
    "weight": _weight,
    "agreed_on": _day,
    "due_on": _day,
    "status": _status,
    "metric": _text,
    "value": _number,
}
_NUMBER_MEANT = f"a number within ±{NUMBER_MAX:.0e}"
_MEANT = {
    "baseline": _NUMBER_MEANT,
    "target": _NUMBER_MEANT,
    "value": _NUMBER_MEANT,
    "weight": f"a number over 0 and up to {WEIGHT_MAX:.0f}",
    "agreed_on": "a date such as 2027-03-31",
    "due_on": "a date such as 2027-03-31",
    "status": "`agreed` or `withdrawn`",
}
