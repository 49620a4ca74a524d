"""The moves of a delivery: what every answer, silence and crash makes of it, and where the limits bite."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_alerts.domain.delivery import (
    Attempt,
    Limits,
    Rejected,
    Retry,
    Sent,
    Unsure,
    after_answer,
    after_blind_look,
    after_crash,
    after_look,
    backoff_ms,
)
from banso_alerts.domain.outreach import OutreachState, Reason

NOW = 1_000_000
LIMITS = Limits(attempts_max=3, retry_first_ms=1_000, retry_ms_max=8_000, retry_spread=0.0)
FIRST = Attempt("a", 1, NOW + 10_000_000)


def test_an_answer_of_yes_is_sent_with_the_channels_own_name_for_it() -> None:
    move = after_answer(FIRST, Sent("C1/17.1"), NOW, LIMITS)
    assert (move.state, move.ref, move.next_at) == (OutreachState.SENT, "C1/17.1", None)


def test_an_answer_of_never_is_parked_with_its_reason() -> None:
    move = after_answer(FIRST, Rejected("channel_not_found"), NOW, LIMITS)
    assert (move.state, move.reason, move.detail) == (OutreachState.PARKED, Reason.REJECTED, "channel_not_found")


def test_not_now_waits_longer_each_time_and_is_parked_after_the_last_attempt() -> None:
    moves = [after_answer(Attempt("a", n, FIRST.expires_at), Retry("502"), NOW, LIMITS) for n in (1, 2, 3)]
    assert [m.state for m in moves] == [OutreachState.RETRY, OutreachState.RETRY, OutreachState.PARKED]
    assert [m.next_at for m in moves] == [NOW + 1_000, NOW + 2_000, None]
    assert moves[2].reason is Reason.ATTEMPTS_EXHAUSTED


def test_a_wait_that_the_channel_asked_for_is_obeyed_and_is_no_failed_attempt() -> None:
    last = Attempt("a", 3, FIRST.expires_at)
    move = after_answer(last, Retry("429", after_ms=30_000, counted=False), NOW, LIMITS)
    assert (move.state, move.next_at, move.attempts) == (OutreachState.RETRY, NOW + 30_000, 2)


def test_a_wait_that_would_be_absurd_is_cut_to_its_limit() -> None:
    move = after_answer(FIRST, Retry("429", after_ms=10**15, counted=False), NOW, LIMITS)
    assert move.next_at == NOW + LIMITS.retry_after_ms_max


def test_no_answer_is_in_doubt_and_looked_at_after_the_grace() -> None:
    move = after_answer(FIRST, Unsure("time-out"), NOW, LIMITS)
    assert (move.state, move.next_at) == (OutreachState.IN_DOUBT, NOW + LIMITS.grace_ms)
    assert after_crash(FIRST, NOW).state is OutreachState.IN_DOUBT


def test_what_is_found_is_sent_and_what_is_not_found_is_sent_again() -> None:
    assert after_look(FIRST, "C1/17.1", NOW, LIMITS).state is OutreachState.SENT
    again = after_look(FIRST, None, NOW, LIMITS)
    assert (again.state, again.next_at) == (OutreachState.RETRY, NOW)


def test_a_crash_at_every_attempt_comes_to_an_end() -> None:
    assert after_look(Attempt("a", 3, FIRST.expires_at), None, NOW, LIMITS).reason is Reason.ATTEMPTS_EXHAUSTED


def test_a_look_without_an_answer_is_repeated_until_it_is_old_news() -> None:
    assert after_blind_look(FIRST, "503", NOW, LIMITS).state is OutreachState.IN_DOUBT
    late = after_blind_look(FIRST, "503", FIRST.expires_at, LIMITS)
    assert (late.state, late.reason) == (OutreachState.PARKED, Reason.UNCONFIRMED)


def test_a_retry_after_the_expiry_has_expired() -> None:
    assert after_answer(Attempt("a", 1, NOW + 500), Retry("502"), NOW, LIMITS).reason is Reason.EXPIRED


def test_a_grace_that_is_not_longer_than_a_request_is_refused() -> None:
    with pytest.raises(ValueError, match="grace_ms"):
        Limits(request_ms_max=10, grace_ms=10)


@given(st.text(max_size=10), st.integers(min_value=1, max_value=10**6))
def test_a_back_off_stays_within_its_limits(identity: str, attempts: int) -> None:
    limits = Limits()
    assert limits.retry_first_ms <= backoff_ms(identity, attempts, limits)
    assert backoff_ms(identity, attempts, limits) <= limits.retry_ms_max * (1 + limits.retry_spread)


def test_those_that_failed_together_do_not_come_back_together() -> None:
    assert len({backoff_ms(f"outreach-{i}", 4, Limits()) for i in range(100)}) > 90
