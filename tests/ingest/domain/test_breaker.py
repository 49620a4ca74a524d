"""A partition stops when most of what comes is refused, and goes on by itself when the flood is over."""

from __future__ import annotations

from banso_ingest.domain.breaker import Breaker, BreakerLimits

LIMITS = BreakerLimits(share_max=0.5, window_records=100, records_min=10, cool_down_ms=1_000, cool_down_ms_max=3_000)


def test_it_opens_when_more_than_the_share_is_refused_and_not_before() -> None:
    assert not Breaker(LIMITS).would_trip(10, 5)
    assert Breaker(LIMITS).would_trip(10, 6)


def test_a_few_records_say_nothing() -> None:
    assert not Breaker(LIMITS).would_trip(9, 9)


def test_refusals_that_come_a_few_at_a_time_add_up() -> None:
    breaker = Breaker(LIMITS)
    for _ in range(3):
        assert not breaker.would_trip(3, 3)
        breaker.count(3, 3)
    assert breaker.would_trip(3, 3)


def test_what_is_older_than_the_window_is_forgotten() -> None:
    breaker = Breaker(LIMITS)
    breaker.count(100, 0)
    breaker.count(60, 25)
    assert not breaker.would_trip(40, 40)  # 65 of 200: the first hundred still counts
    breaker.count(40, 25)
    assert breaker.would_trip(40, 40)  # 90 of 140


def test_after_the_cool_down_one_batch_passes_and_the_next_is_judged_anew() -> None:
    breaker = Breaker(LIMITS)
    breaker.count(90, 40)
    assert breaker.would_trip(50, 50)
    breaker.trip()
    assert not breaker.would_trip(50, 50)
    breaker.count(50, 50)
    assert not breaker.would_trip(20, 10)
    assert breaker.would_trip(20, 11)


def test_the_cool_down_doubles_up_to_its_limit_until_a_whole_window_went_well() -> None:
    breaker = Breaker(LIMITS)
    waits = []
    for _ in range(4):
        waits.append(breaker.trip())
        breaker.count(50, 50)
    assert waits == [1_000, 2_000, 3_000, 3_000]
    breaker.count(100, 0)
    assert breaker.trip() == 1_000


def test_asking_changes_nothing() -> None:
    breaker = Breaker(LIMITS)
    for _ in range(100):
        assert not breaker.would_trip(9, 9)
