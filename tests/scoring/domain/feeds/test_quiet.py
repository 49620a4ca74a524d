"""A feed that is only sparse, rests on weekends or keeps a country's holidays is not called stale; one that died is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_common.clock import DAY_MS, HOUR_MS
from banso_scoring.domain.feeds.quiet import DAYS_KEPT, DAYS_MAX, REST_DAYS, Kept, strange_days
from banso_scoring.domain.feeds.rhythm import (
    UNJUDGED_MS,
    Rhythm,
    gap_hours,
    heard,
    is_gone,
    known_until,
    merged,
    patience_ms,
    paused,
)

FIRST = date(2025, 1, 6)
"""A Monday."""
DAYS = 420
Draw = np.random.Generator
Source = Callable[[date, Draw], Iterable[float]]
"""The hours (of local time) of a day in which a feed is heard."""


def every_hour(_day: date, _draw: Draw) -> Iterable[float]:
    return range(24)


def office(day: date, draw: Draw) -> Iterable[float]:
    return (hour for hour in range(9, 18) if day.weekday() < 5 and draw.random() < 0.97)


def consumers(_day: date, draw: Draw) -> Iterable[float]:
    return (hour for hour in range(7, 24) if draw.random() < 0.9)


def nightly(_day: date, _draw: Draw) -> Iterable[float]:
    return (3,)


def on_weekdays(day: date, _draw: Draw) -> Iterable[float]:
    return (15,) if day.weekday() < 5 else ()


def failures(day: date, draw: Draw) -> Iterable[float]:
    return (15,) if draw.random() < (0.98 if day.weekday() < 5 else 0.5) else ()


def contracts(_day: date, draw: Draw) -> Iterable[float]:
    return (10,) if draw.random() < 0.27 else ()


def weekly(day: date, _draw: Draw) -> Iterable[float]:
    return (10,) if day.weekday() == 0 else ()


def every_other_day(day: date, _draw: Draw) -> Iterable[float]:
    return (10,) if day.toordinal() % 2 else ()


def seldom(_day: date, draw: Draw) -> Iterable[float]:
    return (10,) if draw.random() < 0.06 else ()


SOURCES = (every_hour, office, consumers, nightly, on_weekdays, failures, contracts, weekly, every_other_day, seldom)


def instants(source: Source, seed: int = 1, zone: str = "UTC", off: Iterable[date] = ()) -> list[int]:
    """When it is heard over `DAYS` days of a zone; never on the days `off`."""
    draw, place, closed = np.random.default_rng(seed), ZoneInfo(zone), set(off)
    found = []
    for number in range(DAYS):
        day = FIRST + timedelta(number)
        hours = list(source(day, draw))
        begin = datetime(day.year, day.month, day.day, tzinfo=place)
        if day not in closed:
            found += [round((begin + timedelta(hours=hour, minutes=15)).timestamp()) * 1000 for hour in hours]
    return sorted(found)


def one(at: int) -> Rhythm:
    return heard(np.array([at]), np.array([at])).rhythm


def of(received: Iterable[int]) -> Rhythm:
    some = np.array(sorted(received), np.int64)
    return heard(some, some).rhythm


def found_stale(received: list[int]) -> list[datetime]:
    """When it would have been called stale though it lived."""
    known, told = one(received[0]), list[datetime]()
    for at in received[1:]:
        patience = patience_ms(known)
        if known.goes_on and patience < UNJUDGED_MS and at - known.alive_at > patience:
            told.append(datetime.fromtimestamp((known.alive_at + patience) / 1000, UTC))
        known = merged(known, one(at))
    return told


def on(year: int, month: int, day: int, days: int = 1) -> list[date]:
    return [date(year, month, day) + timedelta(number) for number in range(days)]


@pytest.mark.parametrize("source", SOURCES)
def test_a_feed_that_lives_is_not_called_stale_for_more_than_a_year(source: Source) -> None:
    assert found_stale(instants(source)) == []


@pytest.mark.parametrize(("source", "seeds"), [(contracts, 60), (failures, 20)])
def test_one_that_is_quiet_by_chance_is_called_stale_once_in_ten_years_at_most(source: Source, seeds: int) -> None:
    told = sum(len(found_stale(instants(source, seed))) for seed in range(seeds))
    assert told <= seeds * DAYS / 3650


WAITS: dict[Source, tuple[float, float]] = {
    every_hour: (0.25, 0.25),
    office: (6.0, 8.0),
    consumers: (0.5, 1.5),
    nightly: (3.0, 4.0),
    on_weekdays: (6.0, 8.0),
    failures: (4.0, 8.0),
    contracts: (14.0, 55.0),
    weekly: (10.0, 28.0),
    every_other_day: (4.0, 8.0),
}
"""After how many days without a word it is told that it died, at least and at most."""


@pytest.mark.parametrize("source", WAITS)
def test_one_that_dies_is_found_about_as_soon_as_its_rhythm_allows(source: Source) -> None:
    received, least, most = instants(source), *WAITS[source]
    for day in range(60, DAYS, 7):
        known = of(at for at in received if at <= received[0] + day * DAY_MS + 5 * HOUR_MS * (day % 5))
        assert least <= patience_ms(known) / DAY_MS <= most
        assert not is_gone(known, known.alive_at + patience_ms(known) + 13 * DAY_MS)


def test_of_one_that_is_heard_twice_a_month_nothing_can_be_said() -> None:
    assert patience_ms(of(instants(seldom)[:30])) >= UNJUDGED_MS


def test_until_it_was_heard_in_four_hours_nobody_expects_that_a_feed_goes_on() -> None:
    three = [0, DAY_MS, 2 * DAY_MS]
    assert [of(three).goes_on, of([*three, 3 * DAY_MS]).goes_on] == [False, True]


@pytest.mark.parametrize("source", [office, on_weekdays])
def test_a_golden_week_is_no_outage_even_of_one_that_never_saw_one(source: Source) -> None:
    off = [day for day in on(2025, 4, 29, 8) if day.day not in (30, 1, 2)]
    assert found_stale(instants(source, zone="Asia/Tokyo", off=off)) == []


@pytest.mark.parametrize("source", [office, on_weekdays])
def test_a_new_year_is_told_of_the_first_time_at_most(source: Source) -> None:
    first, second = on(2025, 2, 1, 9), on(2026, 1, 31, 9)
    told = found_stale(instants(source, zone="Asia/Tokyo", off=[*first, *second]))
    assert {one.year for one in told} <= {2025}


@pytest.mark.parametrize("source", [office, consumers, nightly, on_weekdays, failures])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Los_Angeles", "Australia/Sydney"])
def test_a_clock_that_is_put_on_or_back_makes_nothing_stale(source: Source, zone: str) -> None:
    assert found_stale(instants(source, zone=zone)) == []


def test_an_outage_whose_backlog_came_does_not_become_usual() -> None:
    received = instants(on_weekdays)
    first, last = received[100] + HOUR_MS, received[100] + 12 * DAY_MS
    before, again = of(at for at in received if at < first), [at for at in received if first <= at < last]
    backlog = heard(np.array([*again, first - 2 * DAY_MS]), np.full(len(again) + 1, last))
    after = merged(before, paused(backlog, before, last))
    assert max(after.kept.quiets()) == 2
    lost = merged(before, paused(heard(np.array([last]), np.array([last])), before, last))
    assert max(lost.kept.quiets()) > 10
    assert after.days.bit_count() == len(received[:101]) + len({at // DAY_MS for at in [*again, last]})


def test_what_comes_late_as_always_is_no_backlog() -> None:
    weekly, known = range(0, 140, 7), None
    for day in weekly:
        week = np.array([(day - back) * DAY_MS + 9 * HOUR_MS for back in range(7)]) + 7 * DAY_MS
        batch = heard(week, np.full(7, week[0] + HOUR_MS))
        known = batch.rhythm if known is None else merged(known, paused(batch, known, int(week[0] + HOUR_MS)))
    assert known is not None
    assert known.days.bit_count() == len(weekly)


def test_an_outage_that_was_lost_does_not_make_a_feed_that_never_rests_patient() -> None:
    received = instants(every_hour)
    gap = [at for at in received if not 100 <= (at - received[0]) // DAY_MS < 106]
    assert patience_ms(of(gap[: 200 * 24])) == 6 * HOUR_MS


def test_who_rests_every_week_may_rest_for_one() -> None:
    kept = of(instants(on_weekdays)[:100]).kept
    assert kept.rests()
    assert strange_days(kept, is_rare=False) >= REST_DAYS
    assert not of(instants(nightly)[:100]).kept.rests()


days = st.integers(1, (1 << DAYS_KEPT) - 1)


@given(days, st.integers(0, 6), st.booleans())
def test_a_quiet_that_was_seen_is_never_strange_to_one_that_is_rare(bits: int, top: int, rare: bool) -> None:
    kept = Kept(bits | 1, 20_000 + top, 20_000 + top - DAYS_KEPT)
    found = strange_days(kept, is_rare=rare)
    seen = max(kept.quiets(), default=0)
    assert 1 <= found <= DAYS_MAX
    if rare or kept.rests():
        assert found > min(seen, DAYS_MAX - 1)


@given(days, st.integers(0, 6))
def test_shares_are_probabilities_and_never_certain(bits: int, top: int) -> None:
    kept = Kept(bits | 1, 20_000 + top, 20_000 + top - 100)
    assert all(0 < share < 1 for share in kept.quiet_shares())


def test_the_sparser_it_is_the_longer_it_may_be_quiet() -> None:
    def even(step: int) -> int:
        return strange_days(Kept(sum(1 << back for back in range(0, 84, step)), 20_000, 19_917), is_rare=False)

    assert [even(step) for step in (1, 2, 3, 4, 8)] == [3, 4, 5, 7, 11]


def test_days_of_before_it_was_first_heard_say_nothing() -> None:
    young = replace(of(instants(nightly)[:40]), days=(1 << 40) - 1 | 1 << 300)
    assert young.kept.known == 39
    assert gap_hours(young) == 24
    assert known_until(young, young.alive_at) > young.alive_at
