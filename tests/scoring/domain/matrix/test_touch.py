"""Touch models: what a cell needs, within what the contract value allows and what the care costs."""

from __future__ import annotations

import pytest

from banso_common.contracts.account_activity import MICRO
from banso_common.contracts.account_signal import TouchModel
from banso_scoring.domain.matrix.touch import Touch, TouchReason, touch_of
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.model.load import default_model, default_text, load_model

MODEL = default_model()
CELLS = {cell.key: index for index, cell in enumerate(MODEL.matrix.cells)}


def touch(cell: str, acv: float | None, currency: str | None = "JPY", model: SuccessModel = MODEL) -> Touch:
    return touch_of(model, CELLS[cell], None if acv is None else round(acv * MICRO), currency)


@pytest.mark.parametrize(
    ("acv", "currency", "expected"),
    [
        (6_000_000, "JPY", TouchModel.HIGH),
        (5_999_999, "JPY", TouchModel.LOW),
        (60_000, "jpy", TouchModel.TECH),
        (0, "JPY", TouchModel.COMMUNITY),
        (40_000, "USD", TouchModel.HIGH),
        (9_999_999, "XTS", TouchModel.LOW),
        (None, "JPY", TouchModel.LOW),
        (5, None, TouchModel.LOW),
    ],
)
def test_in_a_cell_that_asks_for_none_the_highest_threshold_that_is_reached_decides(
    acv: int | None, currency: str | None, expected: TouchModel
) -> None:
    assert touch("routine", acv, currency).touch is expected


def test_a_cell_gives_no_more_care_than_the_value_allows_and_no_more_than_it_needs() -> None:
    assert touch("dream", None).touch is TouchModel.HIGH, "nothing says that it is too dear"
    held = touch("dream", 600_000)
    assert (held.touch, held.wanted, held.reason) == (TouchModel.LOW, TouchModel.HIGH, TouchReason.VALUE)
    spared = touch("never-used", 60_000_000)
    assert (spared.touch, spared.reason) == (TouchModel.LOW, TouchReason.CELL)
    assert touch("routine", None).reason is TouchReason.DEFAULT


def test_care_that_costs_more_than_its_share_of_the_value_is_lowered_and_says_so() -> None:
    dear = load_model(default_text().replace("JPY: 8000", "JPY: 20000"), "dear.yaml")
    found = touch("routine", 6_000_000, model=dear)
    assert (found.touch, found.wanted, found.reason) == (TouchModel.LOW, TouchModel.HIGH, TouchReason.COST)
    assert (found.cost_year, found.cost_allowed) == (12 * 1 * 20_000, 1_200_000)
    assert touch("routine", 12_000_000, model=dear).touch is TouchModel.HIGH
    assert touch("routine", 100_000, model=dear).touch is TouchModel.COMMUNITY, "it may fall by more than one"


def test_without_a_cost_in_its_currency_nothing_is_lowered() -> None:
    found = touch("dream", 1, "XTS")
    assert (found.touch, found.cost_year) == (TouchModel.HIGH, None)
