"""What was usual is kept day by day, to the bit, and asked for by the day on which it was known."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from banso_common.clock import DAY_MS, ManualClock
from banso_common.db.transaction import reading, transaction
from banso_scoring import cohort_store
from banso_scoring.domain.struggle.usual import Cohort
from banso_scoring.sweep import Sweep
from tests.scoring.api.given import days_of_use, tenant
from tests.scoring.domain.builders import small_model, usual


def same(one: Cohort, other: Cohort) -> bool:
    pairs = [(getattr(one, field.name), getattr(other, field.name)) for field in fields(Cohort)]
    return all(np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b for a, b in pairs)


def test_a_cohort_that_was_kept_is_the_same_to_the_bit() -> None:
    cohort = usual(small_model())
    assert same(cohort_store.decode(cohort_store.encode(cohort)), cohort)


async def test_the_newest_of_a_day_counts_and_each_day_has_its_own(database_url: str, clock: ManualClock) -> None:
    first, second, third = (usual(small_model(), seed) for seed in range(3))
    async with tenant(database_url, clock) as made:
        async with transaction(made.member.engine) as tx:
            for day, cohort in ((10, first), (11, first), (11, second), (40, third)):
                await cohort_store.keep(tx, day, "a@1", cohort)
        async with reading(made.member.engine) as tx:
            found = [await cohort_store.known(tx, day, "a@1") for day in (9, 10, 11, 39, 40)]
            other = await cohort_store.known(tx, 40, "b@1")
    assert other is None
    assert found[0] is None
    for one, expected in zip(found[1:], (first, second, second, third), strict=True):
        assert one is not None
        assert same(one, expected)


async def test_a_sweep_keeps_what_was_usual_when_it_closed_a_day(database_url: str, clock: ManualClock) -> None:
    async with tenant(database_url, clock) as made:
        await made.take(days_of_use("acme", clock.now(), 20))
        clock.move_to(clock.now() + DAY_MS)
        await Sweep(made.member)(clock.now())
        async with reading(made.member.engine) as tx:
            kept = await cohort_store.known(tx, made.member.today() - 1, made.member.model.version)
    assert kept is not None
    assert kept.accounts == 1
