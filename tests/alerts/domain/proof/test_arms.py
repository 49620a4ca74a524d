"""The lot: each account has the same chance, each stratum keeps the share, and nobody's arm changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_alerts.domain.proof.arms import BLOCK, Arm, acv_band, arm_of, stratum_of
from tests.alerts.made import signal

SHARES = st.floats(0.01, 0.9)


@given(SHARES, st.text(max_size=8), st.integers(1, 30))
def test_after_every_block_the_share_is_kept_to_within_one_account(share: float, stratum: str, blocks: int) -> None:
    left = sum(arm_of("salt", stratum, place, share) is Arm.LEFT_ALONE for place in range(blocks * BLOCK))
    assert abs(left - share * blocks * BLOCK) <= 1


@pytest.mark.parametrize("share", [0.05, 0.1, 0.25])
@pytest.mark.parametrize("place", [0, 4, 9, 13])
def test_whatever_its_place_an_account_is_left_alone_with_the_same_chance(share: float, place: int) -> None:
    """Over 4,000 strata; the tolerance is five standard errors."""
    left = sum(arm_of("salt", f"stratum-{number}", place, share) is Arm.LEFT_ALONE for number in range(4_000))
    assert left / 4_000 == pytest.approx(share, abs=5 * (share * (1 - share) / 4_000) ** 0.5)


def test_the_same_place_has_the_same_arm_and_another_salt_another_draw() -> None:
    first, again, other = ([arm_of(salt, "s", place, 0.2) for place in range(200)] for salt in ("a", "a", "b"))
    assert first == again
    assert first != other


@pytest.mark.parametrize(
    ("acv", "currency", "band"),
    [
        (None, "JPY", "none"),
        (999_999, "JPY", "none"),
        (1_000_000 * 1_000_000, "JPY", "JPY-7"),
        (9_999_999 * 1_000_000 + 999_999, "JPY", "JPY-7"),
        (10_000_000 * 1_000_000, "JPY", "JPY-8"),
        (12_000 * 1_000_000, None, "-5"),
    ],
)
def test_the_band_is_the_order_of_magnitude(acv: int | None, currency: str | None, band: str) -> None:
    assert acv_band(acv, currency) == band


def test_a_stratum_is_touch_phase_and_band() -> None:
    assert stratum_of(signal()) == "high/operation/JPY-7"
