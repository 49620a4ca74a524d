"""The iceberg: nobody counts twice, who writes rises above the water, and the interval holds as often as it says."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banso_scoring.domain.facts.panel import Floats
from banso_scoring.domain.struggle.iceberg import Accounts, Iceberg, add, iceberg, interval, parts, shares

KINDS = 3


def drawn(seed: int, n: int, groups: int = 1) -> Accounts:
    """Accounts of every sort."""
    draw = np.random.default_rng(seed)
    amount = np.where(draw.random(n) < 0.3, np.nan, draw.integers(1, 1_000, n).astype(float))
    return Accounts(
        p=draw.random(n) ** draw.integers(1, 6),
        share=shares(draw.normal(0, 1, (KINDS, n))),
        wrote=draw.random(n) < 0.4,
        known=draw.random(n) < 0.9,
        enough=draw.random(n) < 0.9,
        amount=amount,
        currency=["JPY" if one < 0.5 else "USD" for one in draw.random(n).tolist()],
        group=draw.integers(0, groups, n),
    )


def of(found: Accounts) -> Iceberg:
    return iceberg(parts(found, int(found.group.max(initial=0)) + 1))


sizes = st.tuples(st.integers(0, 2**31), st.integers(1, 60))


@given(sizes)
@settings(deadline=None)
def test_the_kinds_add_up_to_all_and_no_more_than_there_are(size: tuple[int, int]) -> None:
    found = drawn(*size)
    told = of(found)
    whole = told.whole
    assert sum(kind.heard for kind in told.kinds) == whole.heard
    assert sum(kind.unheard.value for kind in told.kinds) == pytest.approx(whole.unheard.value)
    assert told.accounts == len(found.p)
    assert 0 <= whole.unheard.low <= whole.unheard.value <= whole.unheard.high
    assert whole.heard + whole.unheard.high + told.unknown + told.too_little <= told.accounts + 1e-9
    for currency in {*whole.heard_amounts, *whole.unheard_amounts}:
        mine = np.array([one == currency for one in found.currency]) & ~np.isnan(found.amount)
        there = float(found.amount[mine].sum())
        assert whole.heard_amounts.get(currency, 0.0) + whole.unheard_amounts.get(currency, 0.0) <= there + 1e-6
        assert sum(kind.unheard_amounts.get(currency, 0.0) for kind in told.kinds) == pytest.approx(
            whole.unheard_amounts.get(currency, 0.0)
        )


@given(sizes, st.data())
@settings(deadline=None)
def test_one_contact_more_moves_an_account_from_unheard_to_heard(size: tuple[int, int], data: st.DataObject) -> None:
    found = drawn(*size)
    silent = np.flatnonzero(~found.wrote & found.known & found.enough)
    if not len(silent):
        return
    one = int(data.draw(st.sampled_from(silent.tolist())))
    wrote = found.wrote.copy()
    wrote[one] = True
    before, after = of(found).whole, of(replace(found, wrote=wrote)).whole
    assert after.unheard.value == pytest.approx(before.unheard.value - found.p[one], abs=1e-9)
    assert after.heard == before.heard + (found.p[one] >= 0.5)


def test_who_may_have_written_is_neither_heard_nor_unheard() -> None:
    found = replace(drawn(1, 40), enough=np.ones(40, np.bool_), known=np.zeros(40, np.bool_))
    told = of(found)
    assert (told.whole.heard, told.whole.unheard.value, told.whole.unheard_amounts) == (0, 0, {})
    assert told.unknown == pytest.approx(found.p.sum())


def test_an_empty_house_has_no_iceberg() -> None:
    nobody = drawn(1, 0)
    assert of(nobody).accounts == 0
    assert iceberg([]).whole.unheard.high == 0
    assert iceberg([]).kinds == ()


@given(sizes, st.integers(2, 5))
@settings(deadline=None)
def test_lanes_and_groups_add_up_to_the_same(size: tuple[int, int], groups: int) -> None:
    found = drawn(*size)
    apart = replace(found, group=np.arange(len(found.p)) % groups)
    whole, (first, *rest) = parts(found, 1)[0], parts(apart, groups)
    together = reduce(add, rest, first)
    assert np.allclose(np.array(together.sums), np.array(whole.sums))
    assert (together.accounts, together.too_little) == (whole.accounts, whole.too_little)
    assert {name: pytest.approx(np.array(rows)) for name, rows in whole.amounts.items()} == {
        name: np.array(rows) for name, rows in together.amounts.items() if np.any(rows) or name in whole.amounts
    }


def test_trouble_without_evidence_is_of_no_one_kind() -> None:
    found = shares(np.array([[1.0, -1.0], [3.0, -0.5]]))
    assert found[:, 0].tolist() == [0.25, 0.75, 0.0]
    assert found[:, 1].tolist() == [0.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("n", "power", "least"), [(10, 1, 0.86), (30, 3, 0.86), (200, 4, 0.86), (1_000, 8, 0.86), (3_000, 2, 0.88)]
)
@pytest.mark.parametrize("weighted", [False, True])
def test_the_interval_holds_nine_times_in_ten(n: int, power: int, least: float, weighted: bool) -> None:
    """Whether each account struggles is drawn by its chance; counts are whole, so 90 % is not met to the point."""
    draw = np.random.default_rng(n * 7 + power)
    held = []
    for _ in range(60):
        p = draw.random(n) ** power
        weight: Floats = draw.random(n) if weighted else np.ones(n)
        odds = p * (1 - p)
        told = interval(
            float(weight @ p),
            float(weight**2 @ odds),
            float(weight**3 @ (odds * (1 - 2 * p))),
            float(weight.sum()),
        )
        true = (draw.random((40, n)) < p) @ weight
        held.append(
            ((told.low - 0.5 <= true) & (true <= told.high + 0.5)).mean()
            if not weighted
            else ((told.low <= true) & (true <= told.high)).mean()
        )
    assert least <= np.mean(held) <= (0.99 if not weighted else 0.94)


def test_what_hardly_happens_may_be_nobody_and_what_is_nearly_sure_everybody() -> None:
    rare, sure = interval(0.01, 0.0099, 0.0097, 10.0), interval(9.99, 0.0099, -0.0097, 10.0)
    assert rare.low == 0
    assert rare.high < 1
    assert sure.high == 10
    assert sure.low > 9
