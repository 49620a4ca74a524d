"""Expressions over columns: no values make them raise, unknown is neither, and they are the same one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from banso_scoring.domain.matrix.expression import (
    NOT_SAID,
    OTHER,
    Arithmetic,
    Clause,
    Compare,
    IsKnown,
    Junction,
    Known,
    MetricOf,
    Not,
    Number,
    NumberOf,
    Numeric,
    TextIs,
    evaluate,
    names_in,
)

numerics: st.SearchStrategy[Numeric] = st.recursive(
    st.one_of(
        st.builds(Number, st.floats(-1e15, 1e15)),
        st.sampled_from([NumberOf(0, "seats"), NumberOf(1, "acv"), MetricOf(0, "days")]),
    ),
    lambda inner: st.builds(Arithmetic, st.sampled_from(["+", "-", "*", "/"]), inner, inner),
    max_leaves=6,
)
clauses: st.SearchStrategy[Clause] = st.recursive(
    st.one_of(
        st.builds(Compare, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), numerics, numerics),
        st.builds(TextIs, st.just(0), st.just("plan"), st.frozensets(st.integers(0, 3), min_size=1)),
        st.sampled_from([IsKnown(NumberOf(0, "seats")), IsKnown(TextIs(0, "plan", frozenset()))]),
    ),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(Junction, st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)
values = st.floats(allow_nan=True, allow_infinity=True)


@st.composite
def columns(draw: st.DrawFn) -> Known:
    n = draw(st.integers(0, 6))
    numbers = draw(st.lists(st.lists(values, min_size=n, max_size=n), min_size=3, max_size=3))
    words = draw(st.lists(st.sampled_from([NOT_SAID, OTHER, 0, 1, 2, 3]), min_size=n, max_size=n))
    made = np.array(numbers, np.float64).reshape(3, n)
    return Known(made[:2], np.array([words], np.int32).reshape(1, n), made[2:])


@given(clause=clauses, known=columns())
def test_no_values_make_it_raise_and_nothing_is_both_true_and_false(clause: Clause, known: Known) -> None:
    found = evaluate(clause, known)
    assert found.yes.shape == found.no.shape == (known.n,)
    assert not (found.yes & found.no).any()
    assert all(name.name in ("seats", "acv", "days", "plan") for name in names_in(clause))


@given(clause=clauses, known=columns())
def test_together_is_the_same_as_one_by_one(clause: Clause, known: Known) -> None:
    found = evaluate(clause, known)
    for i in range(known.n):
        alone = evaluate(clause, Known(known.numbers[:, [i]], known.words[:, [i]], known.metrics[:, [i]]))
        assert (alone.yes[0], alone.no[0]) == (found.yes[i], found.no[i])


@given(clause=clauses, known=columns())
def test_the_contrary_is_true_where_it_is_false_and_unknown_where_it_is_unknown(clause: Clause, known: Known) -> None:
    found, contrary = evaluate(clause, known), evaluate(Not(clause), known)
    assert (found.yes == contrary.no).all()
    assert (found.no == contrary.yes).all()


def test_a_comparison_with_what_is_not_known_is_unknown_and_division_by_zero_is_not_known() -> None:
    known = Known(np.array([[np.nan, 2.0, 2.0], [1.0, 0.0, 1.0]]), np.zeros((1, 3), np.int32), np.zeros((1, 3)))
    ratio = Arithmetic("/", NumberOf(0, "seats"), NumberOf(1, "acv"))
    for op in ("==", "!=", "<", "<=", ">", ">="):
        found = evaluate(Compare(op, ratio, Number(1.0)), known)
        assert (found.yes | found.no).tolist() == [False, False, True]
