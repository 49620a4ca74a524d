"""Instants to days: columns of events are given the day that zoneinfo gives each of them, also where clocks change."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_common.clock import HOUR_MS, MINUTE_MS
from banso_scoring.zones import Zones
from tests.scoring.promises.streams import local_day

NAMES = (
    "UTC", "Asia/Tokyo", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu",
    "Pacific/Apia", "Pacific/Kiritimati", "America/St_Johns", "Africa/Casablanca", "Asia/Pyongyang", "Pacific/Chatham",
)  # fmt: skip
YEAR_2000 = 946_684_800_000
YEAR_2050 = 2_524_608_000_000


@given(some=st.lists(st.tuples(st.sampled_from(NAMES), st.integers(YEAR_2000, YEAR_2050)), max_size=50))
def test_each_event_has_the_day_that_its_zone_had(some: list[tuple[str, int]]) -> None:
    zones = Zones("Asia/Tokyo")
    ids = np.array([zones.id_of(name) for name, _ in some], np.int64)
    found = zones.days(ids, np.array([at for _, at in some], np.int64))
    assert found.tolist() == [local_day(at, ZoneInfo(name)) for name, at in some]
    assert found.tolist() == [zones.day(int(zone), at) for zone, (_, at) in zip(ids, some, strict=True)]


@pytest.mark.parametrize("name", NAMES)
def test_every_quarter_around_a_change_of_clocks_is_right(name: str) -> None:
    zones, zone = Zones("UTC"), ZoneInfo(name)
    number = zones.id_of(name)
    changes = (1_772_953_200_000, 1_774_746_000_000, 1_775_314_800_000, 1_793_494_800_000, 1_325_239_200_000)
    for change in changes:
        at = np.arange(change - 36 * HOUR_MS, change + 36 * HOUR_MS, 7 * MINUTE_MS)
        found = zones.days(np.full(len(at), number), at)
        assert found.tolist() == [local_day(int(one), zone) for one in at]


def test_an_unknown_zone_is_the_installations_own() -> None:
    zones = Zones("Asia/Tokyo")
    for name in (None, "", "Nowhere/Atlantis", "../../etc/passwd", "/etc/localtime", "x\0y"):
        assert zones.id_of(name) == 0
    assert zones.id_of("Europe/Berlin") == zones.id_of("Europe/Berlin") != 0


def test_zones_that_come_later_do_not_disturb_those_that_are_there() -> None:
    zones = Zones("UTC")
    at = np.array([YEAR_2000 + 23 * HOUR_MS])
    tokyo = zones.id_of("Asia/Tokyo")
    before = zones.days(np.array([tokyo]), at).tolist()
    for name in NAMES:
        zones.id_of(name)
    assert zones.days(np.array([tokyo]), at).tolist() == before


def test_events_of_no_account_have_no_days() -> None:
    assert Zones("UTC").days(np.empty(0, np.int64), np.empty(0, np.int64)).tolist() == []
