"""Attainment against the time, and the ceiling on health: a worked example, its bounds, its monotony."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_scoring.domain.plan.objectives import STATES, Attainment, ObjectiveRules, PlanState, attain, capped
from banso_scoring.domain.plan.plans import Agreed, PlanColumns, Plans

RULES = ObjectiveRules(enabled=True, grace=0.1, behind=0.5, ceiling_failing=50.0, ceiling_without=85.0)
TODAY = 20_000
numbers = st.floats(-1e6, 1e6, allow_nan=False)


def one(value: float | None = None, elapsed: float = 0.5, baseline: float = 0.0, target: float = 100.0,
        *, weight: float = 1.0, metric: int = -1) -> Agreed:  # fmt: skip
    points = [] if value is None else [(TODAY, TODAY, value)]
    agreed_day = TODAY - round(100 * elapsed)
    return Agreed(baseline, target, weight, agreed_day, agreed_day + 100, metric, points)


def plans_of(*accounts: Sequence[Agreed]) -> Plans:
    columns = PlanColumns()
    for position, agreed in enumerate(accounts):
        columns.put(position, agreed)
    return columns.on(np.arange(len(accounts)), TODAY)


def found(*accounts: Sequence[Agreed], rules: ObjectiveRules = RULES) -> Attainment:
    metrics = np.full((1, len(accounts)), np.nan)
    return attain(rules, plans_of(*accounts), metrics, np.full(len(accounts), TODAY))


def state_of(made: Attainment) -> list[PlanState]:
    return [STATES[code] for code in made.state]


@st.composite
def objectives(draw: st.DrawFn) -> Agreed:
    baseline, target = draw(st.tuples(numbers, numbers).filter(lambda two: abs(two[0] - two[1]) > 1e-3))
    value = draw(st.one_of(st.none(), numbers))
    elapsed, weight = draw(st.floats(0.0, 2.0)), draw(st.floats(0.01, 100))
    return one(value, elapsed, baseline, target, weight=weight)


def test_a_written_out_plan() -> None:
    # 40 min -> 15 min, 31 now: .36 of the way at .75 of the time: behind by .39 - .1 of .4, so l = .725
    made = found([one(31, 0.75, 40, 15, weight=1), one(9, 0.75, 0, 10, weight=3)])
    assert made.attained == pytest.approx([0.36, 0.9])
    assert made.elapsed == pytest.approx([0.75, 0.75])
    assert made.on_track.tolist() == [False, True]
    assert made.plan == pytest.approx([(0.36 + 3 * 0.9) / 4])
    assert made.ceiling == pytest.approx([100 - 50 * 0.725 / 4])
    assert state_of(made) == [PlanState.BEHIND]


def test_busy_but_failing_is_not_healthy() -> None:
    made = found([one(0, 0.6)])
    assert capped(np.array([97.0]), made.ceiling) == pytest.approx([50.0])


def test_within_the_grace_nothing_is_capped() -> None:
    made = found([one(45, 0.5)], [one(40.1, 0.5)], [one(39, 0.5)])
    assert state_of(made) == [PlanState.ON_TRACK, PlanState.ON_TRACK, PlanState.BEHIND]
    assert (made.ceiling[:2] == 100).all()
    assert made.ceiling[2] == pytest.approx(100 - 50 * 0.01 / 0.4)


def test_without_an_objective_or_without_its_progress_the_stated_ceiling_holds() -> None:
    made = found([], [one(None)])
    assert state_of(made) == [PlanState.NONE, PlanState.UNMEASURED]
    assert made.ceiling.tolist() == [85.0, 85.0]
    assert np.isnan(made.plan).all()


def test_what_is_not_measured_is_left_out_of_the_mean() -> None:
    assert found([one(20, 0.5), one(None, 0.9)]).ceiling == pytest.approx(found([one(20, 0.5)]).ceiling)


def test_ahead_in_one_does_not_excuse_being_behind_in_another() -> None:
    made = found([one(100, 0.5), one(0, 0.5)])
    assert state_of(made) == [PlanState.BEHIND]
    assert made.ceiling == pytest.approx([75.0])


def test_a_metric_of_the_model_is_the_progress_where_it_is_known() -> None:
    plans = plans_of([one(10, metric=0)], [one(10, metric=0)])
    made = attain(RULES, plans, np.array([[70.0, np.nan]]), np.full(2, TODAY))
    assert made.value.tolist() == [70.0, 10.0]


@pytest.mark.parametrize("plans", [None, plans_of([one(0, 0.9)])])
def test_a_model_that_leaves_objectives_out_caps_nothing(plans: Plans | None) -> None:
    rules = ObjectiveRules(enabled=plans is None, grace=0.1, behind=0.5, ceiling_failing=50, ceiling_without=85)
    made = attain(rules, plans, np.full((1, 1), np.nan), np.full(1, TODAY))
    assert state_of(made) == [PlanState.OFF]
    assert made.ceiling.tolist() == [100.0]


@given(st.lists(st.lists(objectives(), max_size=4), min_size=1, max_size=4), st.data())
def test_the_ceiling_keeps_its_bounds_and_never_raises_health(
    accounts: list[list[Agreed]], data: st.DataObject
) -> None:
    made = found(*accounts)
    assert ((made.ceiling >= 50) & (made.ceiling <= 100)).all()
    score = np.array([data.draw(st.floats(0, 100)) for _ in accounts])
    health = capped(score, made.ceiling)
    assert (health <= score).all()
    assert (health[made.ceiling >= score] == score[made.ceiling >= score]).all()
    assert np.isnan(capped(np.full(len(accounts), np.nan), made.ceiling)).all()


@given(st.lists(objectives(), min_size=1, max_size=4), st.data())
def test_attaining_more_never_lowers_the_ceiling(plan: list[Agreed], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(plan) - 1))
    held = plan[index]
    if not held.points:
        return
    toward = 1.0 if held.target > held.baseline else -1.0
    better = held.points[0][2] + toward * data.draw(st.floats(0, 1e6))
    improved = list(plan)
    improved[index] = Agreed(
        held.baseline, held.target, held.weight, held.agreed_day, held.due_day, -1, [(TODAY, TODAY, better)]
    )
    before, after = found(plan), found(improved)
    assert after.ceiling[0] >= before.ceiling[0] - 1e-9
    assert after.plan[0] >= before.plan[0] - 1e-9


@given(st.lists(st.lists(objectives(), max_size=3), min_size=1, max_size=6), st.data())
def test_an_account_is_found_alike_alone_and_among_others(accounts: list[list[Agreed]], data: st.DataObject) -> None:
    picks = np.array(data.draw(st.lists(st.integers(0, len(accounts) - 1), min_size=1, max_size=6)))
    whole, part = found(*accounts), plans_of(*accounts).take(picks)
    made = attain(RULES, part, np.full((1, len(picks)), np.nan), np.full(len(picks), TODAY))
    assert made.ceiling.tobytes() == whole.ceiling[picks].tobytes()
    assert made.plan.tobytes() == whole.plan[picks].tobytes()
    assert (made.state == whole.state[picks]).all()


def test_the_value_is_the_newest_of_the_day_and_of_what_was_known() -> None:
    columns = PlanColumns()
    columns.put(0, [Agreed(0, 10, 1, 100, 200, -1, [(110, 110, 1.0), (120, 150, 2.0), (130, 130, 3.0)])])
    here = np.array([0])
    assert [columns.on(here, day).value.tolist() for day in (105, 110, 125, 140)] == [
        [np.nan],
        [1.0],
        [2.0],
        [3.0],
    ] or (np.isnan(columns.on(here, 105).value[0]))
    assert [columns.on(here, day).value[0] for day in (110, 125, 140)] == [1.0, 2.0, 3.0]
    assert columns.on(here, 125, known_day=125).value[0] == 1.0
    assert len(columns.on(here, 99).value) == 0, "it is not agreed yet"


@given(st.lists(st.tuples(st.integers(0, 5), st.lists(objectives(), max_size=3)), max_size=40))
def test_columns_that_were_changed_often_hold_what_was_put_last(changes: list[tuple[int, list[Agreed]]]) -> None:
    often, newest = PlanColumns(), dict[int, list[Agreed]]()
    for position, agreed in changes * 3:
        often.put(position, agreed)
        often.on(np.arange(6), TODAY)
        newest[position] = agreed
    once = PlanColumns()
    for position, agreed in newest.items():
        once.put(position, agreed)
    one_way, other = often.on(np.arange(6), TODAY), once.on(np.arange(6), TODAY)
    for name in Plans.__slots__:
        assert getattr(one_way, name).tobytes() == getattr(other, name).tobytes(), name
