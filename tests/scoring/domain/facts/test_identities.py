"""What was seen before is known: the runs answer as a set would, and what is forgotten is new again."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from banso_scoring.domain.facts.identities import Identities, SeenIdentities

small = st.integers(0, 30)
ids = st.lists(st.one_of(small, st.integers(0, 2**63 - 1)), max_size=60)


def array(some: list[int]) -> Identities:
    return np.array(some, np.int64)


class SeenAsASet(RuleBasedStateMachine):
    """SeenIdentities beside a Python set."""

    def __init__(self) -> None:
        super().__init__()
        self.model: set[int] = set()
        self.seen = SeenIdentities()

    @rule(some=ids)
    def take(self, some: list[int]) -> None:
        expected = []
        for one in some:
            expected.append(one not in self.model)
            self.model.add(one)
        assert self.seen.take_new(array(some)).tolist() == expected

    @rule(some=ids)
    def forget(self, some: list[int]) -> None:
        self.seen.forget(array(some))
        self.model.difference_update(some)

    @rule()
    def rebuild(self) -> None:
        ordered = sorted(self.model)
        self.seen = SeenIdentities([array(ordered[::2]), array(ordered[1::2]), array(ordered[:1])])

    @invariant()
    def is_as_large_as_the_set(self) -> None:
        assert len(self.seen) == len(self.model)


TestSeenAsASet = pytest.mark.filterwarnings("default")(SeenAsASet.TestCase)
SeenAsASet.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@given(sizes=st.lists(st.integers(1, 50), min_size=1, max_size=60))
def test_there_are_few_runs_however_the_identities_come(sizes: list[int]) -> None:
    seen, begin = SeenIdentities(), 0
    for size in sizes:
        seen.take_new(np.arange(begin, begin + size))
        begin += size
    lengths = [len(run) for run in seen._runs]
    assert all(a >= 2 * b for a, b in pairwise(lengths))
    assert len(lengths) <= begin.bit_length()
