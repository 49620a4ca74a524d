"""The matrix: placed at once, moved after its days and never to and fro; a cell reweighs and asks for its own goals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_common.contracts.account_activity import Scalar
from banso_scoring.domain.evaluation import evaluate
from banso_scoring.domain.facts.panel import Panel
from banso_scoring.domain.facts.profile import Profile, tell
from banso_scoring.domain.facts.statements import StatementTable
from banso_scoring.domain.health import bands, health
from banso_scoring.domain.matrix import matrix
from banso_scoring.domain.matrix.expression import Known
from banso_scoring.domain.matrix.matrix import Placement
from banso_scoring.domain.matrix.matrix_why import moves_of, why_of
from banso_scoring.domain.standing import NO_DAY, NO_VALUE, Standing
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.model.load import load_model
from banso_scoring.standing_codec import decode, encode
from tests.scoring.domain.builders import SMALL, panel_of, random_panel, small_model, steady, usual

MATRIX = """
attributes: {plan: text, machines: number}
matrix:
  axes:
    size:
      values:
        large: {when: 'plan == "enterprise" or machines >= 50'}
        small: {}
      default: small
    use:
      values:
        heavy: {when: 'acts >= 10'}
        light: {when: 'acts < 10'}
        none: {}
      default: none
      hold_days: 3
  cells:
    run-alongside:
      at: {size: large, use: heavy}
      emphasis: {smooth: 3, voice: 0}
      plays: [review]
    wake-up:
      at: {size: large}
      phases: {start: {goal: {acts: {at_least: 2}}, expected_days: 90, dwell_days: 1}}
    at-scale: {emphasis: {use: 2}}
"""
MODEL = load_model(SMALL + MATRIX, "matrix.yaml")
CELLS = [cell.key for cell in MODEL.matrix.cells]
FIRST = 20_000


def known_of(acts: list[float], machines: list[float] | None = None) -> Known:
    """What the expressions of MODEL are told of accounts that acted so often."""
    n = len(acts)
    metrics = np.full((len(MODEL.metrics), n), np.nan)
    metrics[MODEL.metric_index["acts"]] = acts
    said = np.full(n, np.nan) if machines is None else np.array(machines)
    return Known(np.stack([np.full(n, 9.0), np.full(n, np.nan), said]), np.full((1, n), -1, np.int32), metrics)


def lived(acts: list[float], hold: Standing | None = None) -> list[Placement]:
    """One account day by day; NaN for a day without evidence."""
    standing, days = hold or Standing.new(1), []
    for place, count in enumerate(acts):
        day = np.array([FIRST + place], np.int32)
        placed = matrix.step(MODEL, standing, known_of([count], [60.0]), day, np.array([FIRST], np.int32))
        standing = standing_of(placed)
        days.append(placed)
    return days


def standing_of(placed: Placement) -> Standing:
    new = Standing.new(placed.cell.shape[0])
    new.axis_value[:], new.axis_next[:] = placed.axis_value, placed.axis_next
    new.axis_since[:], new.cell_day[:] = placed.axis_since, placed.cell_day
    return new


def cells_of(days: list[Placement]) -> list[str]:
    return [CELLS[int(placed.cell[0])] for placed in days]


def test_a_new_account_is_placed_at_once_and_since_its_first_day() -> None:
    (placed,) = lived([12.0])
    assert cells_of([placed]) == ["run-alongside"]
    assert placed.cell_day[0] == FIRST
    assert placed.came_from[0] == NO_VALUE
    assert moves_of(MODEL, placed, [{}], FIRST) == [], "to be placed for the first time is no move"


def test_another_value_has_to_hold_for_its_days_without_a_break() -> None:
    days = lived([12, 3, 3, 12, 3, 3, 3, 3])
    assert cells_of(days) == ["run-alongside"] * 6 + ["wake-up"] * 2
    assert [int(placed.cell_day[0]) - FIRST for placed in days] == [0] * 6 + [6] * 2
    waiting = days[4]
    assert MODEL.matrix.axes[1].values[int(waiting.axis_next[1, 0])].key == "light"
    assert waiting.axis_since[1, 0] == FIRST + 4


def test_what_is_not_known_falls_to_the_default_after_the_same_days() -> None:
    days = lived([12, np.nan, np.nan, np.nan])
    assert MODEL.matrix.axes[1].values[int(days[-1].axis_value[1, 0])].key == "none"
    assert MODEL.matrix.axes[1].values[int(days[-2].axis_value[1, 0])].key == "heavy"


@given(acts=st.lists(st.sampled_from([3.0, 12.0, np.nan]), min_size=1, max_size=40))
def test_nobody_moves_to_and_fro(acts: list[float]) -> None:
    """Between two moves on an axis there are at least its days; evaluating a day again changes nothing."""
    days, before = lived(acts), None
    for place, placed in enumerate(days):
        value = int(placed.axis_value[1, 0])
        if place and value != int(days[place - 1].axis_value[1, 0]):
            assert before is None or place - before >= 3
            before = place
        if place:
            again = matrix.step(
                MODEL,
                standing_of(days[place - 1]),
                known_of([acts[place]], [60.0]),
                np.array([FIRST + place], np.int32),
                np.array([FIRST], np.int32),
            )
            assert again.axis_value.tobytes() == placed.axis_value.tobytes()
            assert again.axis_since.tobytes() == placed.axis_since.tobytes()


def test_a_move_says_which_expression_decided_of_which_values() -> None:
    profile: Profile = {}
    tell(profile, {"plan": "free", "machines": 60}, 0, 1, MODEL.own_attributes)
    moved = lived([12, 3, 3, 3])[-1]
    ((place, move),) = moves_of(MODEL, moved, [profile], FIRST + 3)
    assert (place, move.day, move.from_cell, move.to_cell) == (0, FIRST + 3, "run-alongside", "wake-up")
    (why,) = move.why
    assert (why.axis, why.value, why.when, why.values) == ("use", "light", "acts < 10", {"acts": 3.0})
    size = why_of(MODEL, moved, 0, profile)[0]
    assert size.values == {"plan": "free", "machines": 60.0}


def test_the_default_names_all_that_was_asked() -> None:
    placed = lived([np.nan])[0]
    assert why_of(MODEL, placed, 0, {})[1].when == ""
    assert why_of(MODEL, placed, 0, {})[1].values == {"acts": None}


def test_who_has_left_stays_in_its_cell() -> None:
    before = standing_of(lived([12.0])[0])
    gone = known_of([np.nan], [60.0])
    standing = before
    for day in range(1, 9):
        placed = matrix.step(MODEL, standing, gone, np.array([FIRST + day], np.int32), np.array([FIRST], np.int32))
        standing = standing_of(matrix.stay(np.array([True]), standing, placed))
    assert standing.axis_value.tobytes() == before.axis_value.tobytes()
    assert standing.cell_day[0] == FIRST


metric_values = st.lists(st.one_of(st.floats(-5, 50), st.just(float("nan"))), min_size=11, max_size=11)


@given(metrics=st.lists(metric_values, min_size=1, max_size=4), cell=st.integers(0, 2), phase=st.integers(0, 3))
def test_the_weights_of_a_cell_only_reweigh(metrics: list[list[float]], cell: int, phase: int) -> None:
    """The score stays between the least and the greatest of the dimensions that count."""
    values = np.array(metrics).T
    n = values.shape[1]
    weights = matrix.weights(MODEL, np.full(n, cell, np.int16), np.full(n, phase, np.int16))
    found = health.score(MODEL, values, weights)
    for i in range(n):
        counting = [found.dimensions[d, i] for d in range(3) if weights[d, i] > 0]
        there = [one for one in counting if not np.isnan(one)]
        assert np.isnan(found.score[i]) or min(there) - 1e-9 <= found.score[i] <= max(there) + 1e-9
        assert 0 <= found.coverage[i] <= 1
        assert np.isnan(found.score[i]) == (not there or found.coverage[i] < MODEL.bands.coverage_min)


def test_without_emphasis_the_score_is_that_of_the_plain_weights() -> None:
    model = small_model()
    panel = random_panel(model, 50, 3)
    values = np.random.default_rng(1).normal(5, 5, (len(model.metrics), panel.n))
    weights = matrix.weights(model, np.zeros(50, np.int16), np.zeros(50, np.int16))
    assert health.score(model, values).score.tobytes() == health.score(model, values, weights).score.tobytes()


def said(model: SuccessModel, panel: Panel, machines: list[float]) -> Panel:
    """`panel` of accounts that said how many machines they have."""
    table = StatementTable.new(model.vocabulary, panel.n)
    for place, count in enumerate(machines):
        table.describe(model.vocabulary, place, {"machines": (count, 0, 0)}, lambda at: at)
    return replace(panel, said=table.until(model.vocabulary, np.arange(panel.n), FIRST))


def test_a_cell_asks_for_its_own_goal_and_gives_its_own_time() -> None:
    panel = said(MODEL, panel_of(MODEL, {"act": steady(2, 0.5)}, 2, age_days=50), [60.0, 1.0])
    standing, found = evaluate(MODEL, usual(MODEL), panel, Standing.new(2), np.full(2, FIRST))
    assert [CELLS[int(cell)] for cell in found.placement.cell] == ["wake-up", "at-scale"]
    assert found.journey.passed.tolist() == [True, False], "3.5 acts are enough in one cell, and not in the other"
    assert found.journey.stalled.tolist() == [False, True], "expected 90 days there and 30 here"
    assert [MODEL.journey[int(phase)].key for phase in standing.phase] == ["run", "start"]


def test_together_is_the_same_as_one_by_one_over_all_cells() -> None:
    rng = np.random.default_rng(5)
    panel = said(MODEL, random_panel(MODEL, 60, 5), list(rng.integers(0, 100, 60).astype(float)))
    cohort, day = usual(MODEL), np.full(60, FIRST)
    together, found = evaluate(MODEL, cohort, panel, Standing.new(60), day)
    assert len(set(found.placement.cell.tolist())) == 3
    for i in range(60):
        alone, other = evaluate(MODEL, cohort, panel.take(np.array([i])), Standing.new(1), day[:1])
        for name in Standing.__slots__:
            assert getattr(alone, name).tobytes() == getattr(together.take(np.array([i])), name).tobytes(), name
        assert other.health.score.tobytes() == found.health.score[[i]].tobytes()
        assert other.journey.progress.tobytes() == np.ascontiguousarray(found.journey.progress[:, [i]]).tobytes()


def test_a_standing_is_stored_by_name_and_read_back() -> None:
    standing = standing_of(lived([12, 3, 3])[-1])
    read = decode(MODEL, encode(MODEL, standing))
    for name in Standing.__slots__:
        assert getattr(read, name).tolist() == getattr(standing, name).tolist(), name


def test_a_model_without_that_axis_places_anew() -> None:
    stored = encode(MODEL, standing_of(lived([12, 3, 3])[-1]))
    other = load_model(SMALL, "small.yaml")
    read = decode(other, stored)
    assert (read.axis_value == NO_VALUE).all()
    assert (read.axis_since == NO_DAY).all()
    assert matrix.cells(other.matrix, read.axis_value).tolist() == [0]


def test_what_is_said_counts_from_its_day() -> None:
    table = StatementTable.new(MODEL.vocabulary, 1)
    table.describe(MODEL.vocabulary, 0, {"machines": (60, FIRST, 0), "plan": (True, FIRST, 0)}, lambda at: at)
    before = table.until(MODEL.vocabulary, np.array([0]), FIRST - 1)
    since = table.until(MODEL.vocabulary, np.array([0]), FIRST)
    assert np.isnan(before.numbers).all()
    assert (before.words == -1).all()
    assert since.numbers.tolist() == [[60.0]]


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 0, 2]])
def test_any_order_of_statements_gives_the_same_columns(order: list[int]) -> None:
    made: list[tuple[dict[str, Scalar], int, int]] = [
        ({"plan": "free"}, 1, 1),
        ({"plan": "Enterprise", "machines": 3}, 2, 2),
        ({"machines": None}, 3, 3),
    ]
    profile: Profile = {}
    for place in order:
        tell(profile, *made[place], MODEL.own_attributes)
    table = StatementTable.new(MODEL.vocabulary, 1)
    table.describe(MODEL.vocabulary, 0, profile, lambda at: at)
    assert table.values.tolist()[1] == [0.0]
    assert np.isnan(table.values[0, 0])
    assert table.said_day.tolist() == [[3], [2]]


def test_bands_read_the_reweighed_score() -> None:
    panel = said(MODEL, panel_of(MODEL, {"act": steady(1, 9.0), "error": steady(1, 3.0)}, 1), [60.0])
    standing, found = evaluate(MODEL, usual(MODEL), panel, Standing.new(1), np.array([FIRST]))
    plain = health.score(MODEL, found.metrics)
    assert plain.score[0] != found.uncapped[0]
    assert standing.band[0] == bands.step(MODEL.bands, np.zeros(1, np.int8), found.health.score)[0]
