"""Working time: weekends, holidays, company days and changes of the clocks, on both sides of their edges."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from banso_alerts.closed_days import closed_days
from banso_alerts.domain.hours import OpenHours, local_day, next_day_at, zone_of
from banso_common.errors import SettingsError
from tests.alerts.made import TOKYO, at, hours

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
    assert next_day_at(instant, TOKYO) == at("2026-03-04T00:00")


@pytest.mark.parametrize("name", ["Nowhere/Else", "", "../../etc/passwd", "/etc/localtime", "a\x00b", "Asia"])
def test_a_time_zone_that_there_is_not_is_the_default(name: str) -> None:
    assert zone_of(name, TOKYO) is TOKYO


def test_a_country_without_a_calendar_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="XX"):
        closed_days("XX", frozenset())
