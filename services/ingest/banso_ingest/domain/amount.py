"""Amounts as exact integers of micro-units: 0.1 is 100 000, whatever binary fraction carried it.

A double tells every decimal of up to 15 digits from its neighbours, so the shortest decimal that reads as
the same double is the one that was written. Sums of integers do not depend on their order.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from banso_common.contracts.account_activity import MICRO
from banso_ingest.domain.limits import VALUE_UNITS_MAX

_ONE = Decimal(1)


def micro_of(amount: int | float, units_max: int = VALUE_UNITS_MAX) -> int | None:
    """`amount` in micro-units; more than six decimals are rounded half to even. None when |amount| > units_max
    or when it is no finite number."""
    if not abs(amount) <= units_max:
        return None
    if isinstance(amount, int):
        return amount * MICRO
    near = round(amount * MICRO)
    if near / MICRO == amount:
        return near
    return int((Decimal(repr(amount)) * MICRO).quantize(_ONE, ROUND_HALF_EVEN))
