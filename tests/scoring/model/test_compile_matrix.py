"""The matrix of the file: what a company may write, and every fault with its line."""

from __future__ import annotations

import pytest

from banso_common.contracts.account_signal import TouchModel
from banso_scoring.domain.matrix.matrix_model import AXES_MAX
from banso_scoring.domain.standing import AXES
from banso_scoring.model.load import check, default_model, load_model
from tests.scoring.domain.builders import SMALL

AXES_FILE = """
attributes: {plan: text, machines: number}
matrix:
  axes:
    size:
      values:
        large: {when: 'machines >= 50'}
        small: {}
      default: small
    use:
      values:
        heavy: {when: 'acts >= 10 and plan == "enterprise"'}
        light: {}
      default: light
  cells:
    big: {at: {size: large}, emphasis: {use: 2}, touch: high}
    busy: {at: {use: heavy}, phases: {run: {goal: {acts: {at_least: 30}}, expected_days: 9}}}
    rest: {}
"""
FIRST_LINE = SMALL.count("\n") + 1


def faults(**changes: str) -> list[str]:
    """The findings about AXES_FILE with some of its text changed, lines counted from its own first."""
    text = AXES_FILE
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return [f"{f.line - FIRST_LINE + 1} {f.path}: {f.reason}" for f in check(SMALL + text, "matrix.yaml")]


def changed(old: str, new: str) -> list[str]:
    return faults(**{old: new})


def test_a_companys_own_axes_are_read() -> None:
    model = load_model(SMALL + AXES_FILE, "matrix.yaml")
    assert [axis.hold_days for axis in model.matrix.axes] == [1, 14], "what moves by itself holds longer"
    assert model.matrix.cell_of.tolist() == [[0, 0], [1, 2]]
    busy = model.matrix.cells[1]
    run = next(phase for phase in busy.journey if phase.key == "run")
    assert [condition.at_least for condition in run.goal] == [30, None]
    assert (run.expected_days, run.dwell_days) == (9, 1)
    assert busy.journey[0] == model.journey[0]
    assert model.matrix.cells[0].emphasis == (2, 1, 1)
    assert model.own_attributes == {"plan": "text", "machines": "number"}


def test_a_file_without_a_matrix_has_one_cell_for_everyone() -> None:
    matrix = load_model(SMALL, "small.yaml").matrix
    assert [cell.key for cell in matrix.cells] == ["everyone"]
    assert matrix.cell_of.tolist() == 0


def test_the_shipped_matrix_is_commitment_by_category_with_its_four_kinds() -> None:
    matrix = default_model().matrix
    names = [[matrix.cells[index].labels["ja"] for index in row] for row in matrix.cell_of.tolist()]
    assert names == [
        ["がっつりSI系", "夢膨らむソリューション系"],
        ["昔からやってた仕事系", "使ったことない系"],
    ]
    assert matrix.cells[0].touch is TouchModel.HIGH
    assert default_model().capacity.hours_per_csm_month == 130


def test_the_standing_has_room_for_all_axes() -> None:
    assert AXES_MAX == AXES


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "machines >= 50",
            "machine >= 50",
            "7 matrix.axes.size.values.large.when: character 1: `machine` is no attribute and no metric,"
            ' did you mean "machines"?',
        ),
        ("small: {}\n      default: small", "small: {}\n      default: smal", "9 matrix.axes.size.default: no such"),
        ("light: {}", "light: {}\n        odd: {}", "14 matrix.axes.use.values.odd: needs `when`"),
        ("at: {use: heavy}", "at: {us: heavy}", '17 matrix.cells.busy.at.us: no such axis, did you mean "use"?'),
        ("at: {use: heavy}", "at: {use: heavi}", "17 matrix.cells.busy.at.use: `use` has no value `heavi`"),
        ("    rest: {}\n", "", "15 matrix.cells: no cell is for accounts with size: small, use: light"),
        ("    rest: {}\n", "    rest: {}\n    more: {}\n", "19 matrix.cells.more: is nobody's"),
        ("emphasis: {use: 2}", "emphasis: {usage: 2}", "16 matrix.cells.big.emphasis.usage: no such dimension"),
        ("emphasis: {use: 2}", "emphasis: {use: 0, smooth: 0, voice: 0}", "nothing counts in the phase `start`"),
        ("phases: {run", "phases: {runn", '17 matrix.cells.busy.phases.runn: no such phase, did you mean "run"?'),
        ("goal: {acts", "goal: {act", "17 matrix.cells.busy.phases.run.goal.act: is no condition"),
        ("{at_least: 30}", "{}", "17 matrix.cells.busy.phases.run.goal.acts: needs `at_least` or `at_most`"),
        ("machines: number}", "acts: number}", "2 attributes.acts: a metric has this name already"),
        ("machines: number}", "seats: number}", "2 attributes.seats: banso has an attribute of this name"),
        ("machines: number}", "machines: numbr}", "2 attributes.machines: Input should be 'number' or 'text'"),
        ("touch: high", "touch: hi", "16 matrix.cells.big.touch: Input should be"),
    ],
)
def test_every_fault_is_named_with_its_line(old: str, new: str, fault: str) -> None:
    found = changed(old, new)
    assert any(fault in one for one in found), found


def test_a_phase_emphasises_dimensions_too() -> None:
    text = SMALL.replace("  start:\n", "  start:\n    emphasis: {use: 0.5}\n", 1)
    assert load_model(text, "small.yaml").matrix.phase_emphasis[0] == (0.5, 1, 1)
    wrong = SMALL.replace("  start:\n", "  start:\n    emphasis: {used: 0.5}\n", 1)
    (found,) = check(wrong, "small.yaml")
    assert found.path == "journey.start.emphasis.used"


def test_a_goal_that_a_cell_changes_keeps_its_gap_to_falling_back() -> None:
    lapse = SMALL.replace("[{metric: since, at_least: 20}], days: 2", "[{metric: acts, at_most: 4}], days: 2")
    assert lapse != SMALL
    own = AXES_FILE.replace("rest: {}", "rest: {phases: {start: {goal: {acts: {at_least: LEAST}}}}}")
    close, apart = (check(lapse + own.replace("LEAST", least), "matrix.yaml") for least in ("3", "6"))
    assert apart == []
    (fault,) = close
    assert "leave a gap" in fault.reason and "`run`" in fault.reason
    assert fault.path == "matrix.cells.rest.phases.start.goal.acts"
