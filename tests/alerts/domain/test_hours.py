"""Working time: weekends, holidays, company days and changes of the clocks, on both sides of their edges."""

from __future__ import annotations

from datetime import date
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_alerts.closed_days import closed_days, closed_days_in, countries_of_zones
from banso_alerts.domain.hours import OpenHours, local_day, zone_of
from banso_common.errors import SettingsError
from tests.alerts.made import TOKYO, at, hours, utc

BERLIN = ZoneInfo("Europe/Berlin")


def japan(*company: date) -> OpenHours:
    return OpenHours(9 * 60, 18 * 60, frozenset({1, 2, 3, 4, 5}), closed_days("JP", frozenset(company)))


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-03-02T09:00", "2026-03-02T09:00"),
        ("2026-03-02T08:59", "2026-03-02T09:00"),
        ("2026-03-02T17:59", "2026-03-02T17:59"),
        ("2026-03-02T18:00", "2026-03-03T09:00"),
        ("2026-03-06T18:00", "2026-03-09T09:00"),  # over a weekend
        ("2026-04-28T18:00", "2026-04-30T09:00"),  # Showa Day
        ("2026-05-01T18:00", "2026-05-07T09:00"),  # Golden Week, with the substitute holiday of the 6th
        ("2026-12-30T18:00", "2027-01-04T09:00"),  # banks are closed from the 31st to the 3rd
    ],
)
def test_the_next_open_minute_in_japan(now: str, opens: str) -> None:
    assert japan().next_open_at(at(now), TOKYO) == at(opens)


def test_a_company_may_have_days_off_of_its_own() -> None:
    off = japan(date(2026, 8, 13), date(2026, 8, 14))
    assert off.next_open_at(at("2026-08-12T18:00"), TOKYO) == at("2026-08-17T09:00")
    assert japan().next_open_at(at("2026-08-12T18:00"), TOKYO) == at("2026-08-13T09:00")


def test_no_open_day_within_a_year_is_none() -> None:
    never = OpenHours(540, 1080, frozenset({1}), lambda day: True)
    assert never.next_open_at(at("2026-03-02T12:00"), TOKYO) is None


def test_opening_follows_the_wall_clock_when_the_clocks_change() -> None:
    friday_evening = at("2026-03-27T18:00", BERLIN)
    assert hours().next_open_at(friday_evening, BERLIN) == at("2026-03-30T09:00", BERLIN)
    assert at("2026-03-30T09:00", BERLIN) - friday_evening == (63 - 1) * 3_600_000


def test_a_day_is_that_of_the_recipient() -> None:
    instant = at("2026-03-03T08:00")
    assert local_day(instant, TOKYO) == "2026-03-03"
    assert local_day(instant, ZoneInfo("America/New_York")) == "2026-03-02"


@pytest.mark.parametrize("name", ["Nowhere/Else", "", "../../etc/passwd", "/etc/localtime", "a\x00b", "Asia"])
def test_a_time_zone_that_there_is_not_is_the_default(name: str) -> None:
    assert zone_of(name, TOKYO) is TOKYO


def test_a_country_without_a_calendar_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="XX"):
        closed_days("XX", frozenset())


# Zones whose clocks change: at two, at midnight, by half an hour, and with a whole day left out.
CHANGES = {
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "Europe/Berlin": ("2026-03-29", "2026-10-25"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),
    "America/Havana": ("2026-03-08", "2026-11-01"),
    "Pacific/Apia": ("2011-12-29", "2011-12-31"),
}
MINUTE = 60_000


@given(
    st.sampled_from([(zone, day) for zone, days in CHANGES.items() for day in days]),
    st.integers(-30 * 60, 30 * 60),
    st.integers(0, 22 * 60),
    st.integers(10, 18 * 60),
)
def test_the_next_open_instant_is_the_first_that_is_open_also_where_the_clocks_change(
    where: tuple[str, str], minutes: int, opens: int, length: int
) -> None:
    zone = ZoneInfo(where[0])
    about = OpenHours(opens, min(opens + length, 1_440), frozenset(range(1, 8)), lambda day: False)
    asked_at = at(f"{where[1]}T00:00", zone) + minutes * MINUTE
    found = about.next_open_at(asked_at, zone)
    assert found is not None
    assert about.is_open(found, zone)
    assert found == asked_at or not about.is_open(found - 1_000, zone)
    between = range(asked_at, found, 7 * MINUTE)
    assert not any(about.is_open(instant, zone) for instant in between)
    assert found - asked_at <= 49 * 60 * MINUTE


def test_an_hour_that_the_clocks_skip_opens_when_they_go_on_and_one_that_they_repeat_opens_twice() -> None:
    new_york = ZoneInfo("America/New_York")
    early = OpenHours(2 * 60 + 30, 5 * 60, frozenset(range(1, 8)), lambda day: False)
    skipped = at("2026-03-08T01:00", new_york)
    assert early.next_open_at(skipped, new_york) == utc("2026-03-08T07:00")
    short = OpenHours(30, 90, frozenset(range(1, 8)), lambda day: False)
    assert short.next_open_at(utc("2026-11-01T05:40"), new_york) == utc("2026-11-01T06:00")


def test_holidays_are_those_of_the_recipients_country() -> None:
    company = frozenset({date(2026, 5, 1)})
    where = OpenHours(
        540, 1080, frozenset({1, 2, 3, 4, 5}), closed_days("JP", company), partial(closed_days_in, company_days=company)
    )
    berlin = ZoneInfo("Europe/Berlin")
    golden_week, unity = date(2026, 5, 4), date(2026, 10, 30)
    assert not where.works(golden_week)
    assert where.of("DE").works(golden_week)
    assert not where.of("US").works(date(2026, 11, 26))
    assert where.works(unity)
    assert not where.of("DE").works(date(2026, 5, 1)), "a company day is one everywhere"
    assert where.of("").closed is where.closed
    assert not where.of("XX").works(date(2026, 5, 1))
    assert where.of("XX").works(golden_week)
    assert where.of("DE").next_open_at(at("2026-05-04T07:00", berlin), berlin) == at("2026-05-04T09:00", berlin)
    assert not where.of("JP").works(date(2026, 12, 31)), "banks are closed at the turn of the year"


def test_every_zone_that_lies_in_a_country_is_known_to() -> None:
    countries = countries_of_zones()
    assert {countries[zone] for zone in ("Asia/Tokyo", "Japan")} == {"JP"}
    assert (countries["Europe/London"], countries["Asia/Kolkata"]) == ("GB", "IN")
    assert "UTC" not in countries
    assert len(countries) > 400
