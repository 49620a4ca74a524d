"""Touch models by annual contract value."""

from __future__ import annotations

import pytest

from banso_common.contracts.account_activity import MICRO
from banso_common.contracts.account_signal import TouchModel
from banso_scoring.domain.touch import touch_of
from banso_scoring.model.load import default_model


@pytest.mark.parametrize(
    ("acv", "currency", "touch"),
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
def test_the_highest_threshold_that_is_reached_decides(
    acv: int | None, currency: str | None, touch: TouchModel
) -> None:
    micro = None if acv is None else acv * MICRO
    assert touch_of(default_model(), micro, currency) is touch
