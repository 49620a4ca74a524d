"""Amounts become exact integers of micro-units."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_ingest.domain.amount import micro_of


@pytest.mark.parametrize(
    ("amount", "micro"),
    [
        (0.1, 100_000),
        (0.1 + 0.2, 300_000),  # 0.30000000000000004: rounded at the sixth decimal
        (1, 1_000_000),
        (-0.000001, -1),
        (0.0000005, 0),  # a half goes to the even neighbour
        (0.0000015, 2),
        (999_999_999.999999, 999_999_999_999_999),
        (1_000_000_000, 10**15),
        (-0.0, 0),
        (34296.9888205, 34_296_988_820),  # in binary arithmetic it would be …821
    ],
)
def test_an_amount_is_the_integer_of_its_shortest_decimal(amount: float, micro: int) -> None:
    assert micro_of(amount) == micro


@pytest.mark.parametrize("amount", [1_000_000_000.1, 10**400, -(10**10), float("inf"), float("nan")])
def test_an_amount_out_of_range_is_none(amount: float) -> None:
    assert micro_of(amount) is None


@given(st.integers(-(10**15), 10**15))
def test_every_decimal_of_six_places_comes_back_exactly_from_its_double(micro: int) -> None:
    assert micro_of(float(Decimal(micro) / 1_000_000)) == micro


@given(st.floats(-1e9, 1e9))
def test_the_quick_way_agrees_with_decimal_arithmetic(amount: float) -> None:
    assert micro_of(amount) == int((Decimal(repr(amount)) * 1_000_000).quantize(Decimal(1)))
