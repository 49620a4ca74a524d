"""The stages: each holds for its own reason, in their order, and without it the candidate goes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from banso_alerts.domain.outreach import Candidate, ChannelName, OutreachState, Reason
from banso_alerts.domain.plays import Audience
from banso_alerts.domain.proof.rule_book import RuleBook
from banso_alerts.domain.silences import Matcher, Silence
from banso_alerts.domain.stages import STAGES, Decision, decide
from banso_alerts.domain.stages.stage import Context, Past, Storm
from banso_alerts.plays_file import default_plays
from banso_common.clock import DAY_MS, HOUR_MS
from banso_common.contracts.account_signal import Severity, SignalKind, SignalState, TouchModel
from tests.alerts.made import MONDAY_NOON, TOKYO, at, candidate, directory, hours, play, rules, signal

SILENCE = Silence("s1", Matcher(account=("acme",)), "sato", "moving house", MONDAY_NOON, MONDAY_NOON + DAY_MS)
QUIET = hours(date(2026, 3, 2))
REACHABLE = candidate()
THIS_RULE = frozenset({(REACHABLE.play.name, REACHABLE.signal.kind)})
PART = candidate(signal(part_of="banso:incident/1"))
STALLED = candidate(signal(kind=SignalKind.STALLED), play("unblock"))
WORSE = frozenset({SignalKind.SILENT_STRUGGLING, SignalKind.STALLED})
STORM = Storm(wait_ms=60_000, interval_ms=300_000)
NOBODY = candidate(signal(owner_slack=None, owner_email=None))


def context(**changes: Any) -> Context:
    """A working Monday at noon in Tokyo, with no past."""
    said: dict[str, Any] = {"now": MONDAY_NOON, "zone": TOKYO, "rules": rules()}
    return Context(**{**said, **changes})


# What each stage alone holds, why, and until when.

BY_MAIL, BY_MAIL_TO = candidate(through=directory(ChannelName.EMAIL)), "sato@vendor.example"
FOR_CUSTOMER = next(each for each in default_plays(customers=True) if each.for_customer)
OFFER = candidate(by=FOR_CUSTOMER, through=directory(ChannelName.EMAIL))
HOLDS: dict[str, tuple[Candidate, Context, Reason, int | None]] = {
    "expiry": (REACHABLE, context(now=REACHABLE.expires_at), Reason.EXPIRED, None),
    "reach": (NOBODY, context(), Reason.NO_RECIPIENT, None),
    "way-out": (OFFER, context(rules=rules(way_out=False)), Reason.NO_WAY_OUT, None),
    "suppressed": (BY_MAIL, context(rules=rules(suppressed=frozenset({BY_MAIL_TO}))), Reason.SUPPRESSED, None),
    "replayed": (REACHABLE, context(rules=rules(replayed=True)), Reason.REPLAYED, None),
    "incident": (PART, context(), Reason.PART_OF_INCIDENT, None),
    "shadow": (REACHABLE, context(rules=rules(book=RuleBook(in_shadow=THIS_RULE))), Reason.SHADOW, None),
    "demoted": (REACHABLE, context(rules=rules(book=RuleBook(demoted=THIS_RULE))), Reason.DEMOTED, None),
    "holdout": (REACHABLE, context(rules=rules(left_alone=frozenset({"acme"}))), Reason.HOLDOUT, None),
    "silence": (REACHABLE, context(silences=[SILENCE]), Reason.SILENCED, MONDAY_NOON + DAY_MS),
    "inhibition": (STALLED, context(past=Past(open_kinds=WORSE)), Reason.INHIBITED, MONDAY_NOON + DAY_MS),
    "snooze": (REACHABLE, context(past=Past(snoozed_until=MONDAY_NOON + 5)), Reason.SNOOZED, MONDAY_NOON + 5),
    "cooldown": (REACHABLE, context(past=Past(told_at=MONDAY_NOON - HOUR_MS)), Reason.COOLDOWN, None),
    "quiet-hours": (REACHABLE, context(rules=rules(hours=QUIET)), Reason.QUIET_HOURS, at("2026-03-03T09:00")),
    "gathering": (REACHABLE, context(rules=rules(storm=STORM)), Reason.GATHERING, MONDAY_NOON + 60_000),
}


def test_a_candidate_that_no_stage_holds_is_planned_now() -> None:
    assert decide(REACHABLE, context()) == Decision(OutreachState.PLANNED, MONDAY_NOON)


def test_the_console_may_show_the_replayed_past() -> None:
    shown = candidate(through=directory(ChannelName.CONSOLE))
    assert decide(shown, context(rules=rules(replayed=True))).state is OutreachState.PLANNED


def test_there_is_a_case_for_every_stage() -> None:
    assert list(HOLDS) == [name for name, _ in STAGES]


@pytest.mark.parametrize("name", HOLDS)
def test_each_stage_gives_its_own_reason_and_without_it_the_candidate_goes_out(name: str) -> None:
    held, about, reason, until = HOLDS[name]
    decision = decide(held, about)
    assert (decision.reason, decision.next_at, decision.stage) == (reason, until, name)
    assert decision.state is not OutreachState.PLANNED
    others = [stage for stage in STAGES if stage[0] != name]
    assert decide(held, about, others).state is OutreachState.PLANNED


@pytest.mark.parametrize("place", range(len(STAGES) - 1))
def test_the_first_stage_that_holds_wins(place: int) -> None:
    """Both its case and that of the stage after it apply; the answer is the earlier stage's."""
    (first, (held, one, reason, _)), (_, (other, two, _, _)) = list(HOLDS.items())[place : place + 2]
    both = replace(
        one,
        rules=replace(
            one.rules,
            left_alone=one.rules.left_alone | two.rules.left_alone,
            hours=QUIET if QUIET in (one.rules.hours, two.rules.hours) else one.rules.hours,
            storm=STORM if STORM in (one.rules.storm, two.rules.storm) else Storm(),
        ),
        silences=[*one.silences, *two.silences],
        past=Past(
            told_at=one.past.told_at or two.past.told_at,
            snoozed_until=one.past.snoozed_until or two.past.snoozed_until,
            open_kinds=one.past.open_kinds | two.past.open_kinds,
        ),
    )
    subject = other if other in (NOBODY, PART) else held
    decision = decide(subject, both)
    assert (decision.stage, decision.reason) == (first, reason)


@pytest.mark.parametrize(
    "beyond",
    [
        {"severity": Severity.CRITICAL},
        {"kind": SignalKind.CONTACT_MADE},
        {"kind": SignalKind.CONTRACT_ENDED},
        {"state": SignalState.CLOSED},
    ],
)
def test_nobody_is_held_out_where_everything_is_at_stake_or_nothing_is_left_to_change(beyond: dict[str, Any]) -> None:
    left = context(rules=rules(left_alone=frozenset({"acme"})))
    assert decide(candidate(signal(**beyond)), left).state is OutreachState.PLANNED


@pytest.mark.parametrize(
    "matcher",
    [
        Matcher(account=("other",)),
        Matcher(owner=("else@vendor.example", "more@vendor.example")),
        Matcher(kind=(SignalKind.STALLED,)),
        Matcher(play=("unblock",)),
        Matcher(account=("acme",), kind=(SignalKind.STALLED,)),
        Matcher(cell=("dream",)),
        Matcher(phase=("pilot", "adoption")),
        Matcher(severity=(Severity.INFO,)),
    ],
)
def test_a_silence_about_something_else_does_not_hold(matcher: Matcher) -> None:
    about = context(silences=[replace(SILENCE, matcher=matcher)])
    assert decide(REACHABLE, about).state is OutreachState.PLANNED


@pytest.mark.parametrize(
    "matcher",
    [
        Matcher(account=("other", "acme")),
        Matcher(phase=("pilot", "operation"), severity=(Severity.WARNING, Severity.CRITICAL)),
        Matcher(cell=("",), touch=(TouchModel.HIGH,)),
    ],
)
def test_a_silence_holds_who_has_one_of_the_values_of_every_field_that_it_names(matcher: Matcher) -> None:
    about = context(silences=[replace(SILENCE, matcher=matcher)])
    assert decide(REACHABLE, about).reason is Reason.SILENCED


@pytest.mark.parametrize("said", ["Caf\u00e9", "Cafe\u0301"])
@pytest.mark.parametrize("stored", ["Caf\u00e9", "Cafe\u0301"])
def test_a_silence_names_an_account_in_any_spelling(said: str, stored: str) -> None:
    silence = replace(SILENCE, matcher=Matcher(account=(said, "other")))
    assert silence.holds(candidate(signal(stored)), MONDAY_NOON)
    assert not silence.holds(candidate(signal("Cafe")), MONDAY_NOON)


def test_a_silence_holds_from_its_beginning_to_its_end_and_no_longer() -> None:
    later = context(silences=[SILENCE], now=SILENCE.expires_at)
    assert decide(REACHABLE, later).state is OutreachState.PLANNED
    assert decide(REACHABLE, replace(later, now=SILENCE.expires_at - 1)).reason is Reason.SILENCED


def test_a_cooldown_ends_on_its_millisecond() -> None:
    told_at = MONDAY_NOON - REACHABLE.play.cooldown_ms
    assert decide(REACHABLE, context(past=Past(told_at=told_at))).state is OutreachState.PLANNED
    assert decide(REACHABLE, context(past=Past(told_at=told_at + 1))).reason is Reason.COOLDOWN


def test_what_would_wait_beyond_its_expiry_has_expired() -> None:
    short = replace(REACHABLE, expires_at=at("2026-03-03T08:59"))
    decision = decide(short, context(rules=rules(hours=QUIET)))
    assert decision == Decision(OutreachState.EXPIRED, None, Reason.EXPIRED, "quiet-hours")


def test_a_play_may_ignore_quiet_hours() -> None:
    urgent = replace(REACHABLE, play=replace(REACHABLE.play, quiet_hours=False))
    assert decide(urgent, context(rules=rules(hours=QUIET))).state is OutreachState.PLANNED


def test_what_waits_for_company_goes_when_the_first_of_it_does_and_waits_no_second_time() -> None:
    storm = rules(storm=STORM)
    second = context(rules=storm, past=Past(group_due_at=MONDAY_NOON + 10_000))
    assert decide(REACHABLE, second).next_at == MONDAY_NOON + 10_000
    assert decide(replace(REACHABLE, waited=True), second).state is OutreachState.PLANNED


def test_after_a_message_the_next_of_the_same_play_waits_for_the_interval() -> None:
    told = context(rules=rules(storm=STORM), past=Past(group_told_at=MONDAY_NOON - 100_000))
    for waited in (False, True):
        assert decide(replace(REACHABLE, waited=waited), told).next_at == MONDAY_NOON + 200_000
    later = replace(told, past=Past(group_told_at=MONDAY_NOON - STORM.interval_ms))
    assert decide(replace(REACHABLE, waited=True), later).state is OutreachState.PLANNED


def test_a_customer_waits_for_nobody() -> None:
    offer = replace(play("unblock"), audience=Audience.CONTACT)
    alone = replace(REACHABLE, play=offer)
    assert decide(alone, context(rules=rules(storm=STORM))).state is OutreachState.PLANNED


def test_only_what_is_worse_inhibits() -> None:
    both = context(past=Past(open_kinds=WORSE))
    assert decide(REACHABLE, both).state is OutreachState.PLANNED
    lesser = context(past=Past(open_kinds=frozenset({SignalKind.STALLED, SignalKind.HEALTH_CRITICAL})))
    assert decide(STALLED, lesser).state is OutreachState.PLANNED
