"""The stored truth: its bytes depend on what was added, not on the order; sums are exact beyond 64 bits."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from banso_scoring.domain.facts.day_facts import Cells, add, decode, encode, merge

KEY_MAX = 2**63 - 1
Part = tuple[tuple[str, int], int, int, list[int]]

parts = st.lists(
    st.tuples(
        st.tuples(st.sampled_from(["", "act", "エラー"]), st.integers(0, 3)),
        st.integers(1, 2**40),
        st.integers(-(2**80), 2**80),
        st.lists(st.integers(1, KEY_MAX), max_size=5),
    ),
    max_size=12,
)


def cells_of(some: Sequence[Part]) -> Cells:
    cells: Cells = {}
    for key, count, total, users in some:
        merge(cells, key, count, total, users)
    return cells


def shown(cells: Cells) -> dict[tuple[str, int], tuple[int, int, set[int]]]:
    return {key: (cell.count, cell.sum, cell.users) for key, cell in cells.items()}


@given(some=parts, order=st.randoms())
def test_the_bytes_do_not_depend_on_the_order(some: list[Part], order: object) -> None:
    mixed = list(some)
    order.shuffle(mixed)  # type: ignore[attr-defined]
    assert encode(cells_of(mixed)) == encode(cells_of(some))


@given(some=parts, others=parts)
def test_adding_two_is_adding_all_and_does_not_matter_which_to_which(some: list[Part], others: list[Part]) -> None:
    one, other = cells_of(some), cells_of(others)
    add(one, other)
    assert encode(one) == encode(cells_of([*some, *others]))
    other = cells_of(others)
    add(other, cells_of(some))
    assert encode(one) == encode(other)


@given(some=parts)
def test_what_was_encoded_is_decoded(some: list[Part]) -> None:
    cells = cells_of(some)
    assert shown(decode(encode(cells))) == shown(cells)


def test_a_sum_beyond_64_bits_is_exact() -> None:
    for total in (2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 3 * 2**90, -7 * 2**90):
        cells = cells_of([(("act", 0), 1, total, [])])
        assert decode(encode(cells))[("act", 0)].sum == total


def test_adding_leaves_what_was_added_as_it_was() -> None:
    source = cells_of([(("act", 0), 1, 5, [1])])
    target: Cells = {}
    add(target, source)
    merge(target, ("act", 0), 1, 1, [2])
    assert shown(source) == {("act", 0): (1, 5, {1})}
