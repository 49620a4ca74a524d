"""Instants are read with their zone or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_common.clock import iso
from banso_common.errors import Refused
from banso_ingest.domain.instant import day_or_instant_of, instant_of


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-03-02T18:00:00.123+09:00", 1_772_442_000_123),
        ("2026-03-02 09:00:00.123999Z", 1_772_442_000_123),
        ("1969-12-31T23:59:59.999Z", -1),
        (1_772_442_000_123, 1_772_442_000_123),
    ],
)
def test_an_instant_is_ms_since_the_epoch_with_parts_of_a_millisecond_dropped(written: str | int, at: int) -> None:
    assert instant_of(written) == at


@pytest.mark.parametrize(
    "written",
    ["2026-03-02T09:00:00", "2026-03-02", "yesterday", "", "2026-02-30T00:00:00Z", "2026-03-02T09:00:60Z"],
)
def test_a_text_without_a_zone_or_sense_is_refused(written: str) -> None:
    with pytest.raises(Refused, match="bad-time"):
        instant_of(written)


def test_the_first_and_the_last_instant_of_the_calendar_are_read_in_any_zone() -> None:
    assert instant_of("0001-01-01T00:00:00+23:59") < instant_of("0001-01-01T00:00:00Z")
    assert instant_of("9999-12-31T23:59:59-23:59") > instant_of("9999-12-31T23:59:59Z")


def test_a_bare_date_is_its_first_moment_in_utc_where_a_date_is_allowed() -> None:
    assert iso(day_or_instant_of("2027-03-31")) == "2027-03-31T00:00:00.000Z"
    with pytest.raises(Refused, match="bad-time"):
        day_or_instant_of("2027-02-31")


@given(st.integers(0, 4_102_444_800_000))
def test_an_instant_that_banso_writes_is_read_back(at: int) -> None:
    assert instant_of(iso(at)) == at
