"""The choice: no budget is exceeded, the order of arrival changes nothing, more is never passed over for less, and
whoever has just heard of an account does not hear of it again."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from banso_alerts.domain.arbitration import Bench, Places
from banso_alerts.domain.ledger import Ledger, Told
from banso_alerts.domain.outreach import Candidate, ChannelName, Reason, outreach_id
from banso_alerts.domain.plays import SEVERITY_ORDER, Audience, Cost, Play, PlayChannel
from banso_alerts.domain.recipients import candidates
from banso_alerts.domain.worth import Worth
from banso_common.clock import DAY_MS, HOUR_MS
from banso_common.contracts.account_signal import Severity
from tests.alerts.made import MONDAY_NOON, TOKYO, candidate, directory, play, signal

TODAY = "2026-03-02"
HOURS = 3.0
PLACES = Places(voice_customer_ms=7 * DAY_MS, voice_house_ms=DAY_MS, cap=0, hours=HOURS)
OWNERS = ("sato@vendor.example", "suzuki@vendor.example")
OFFER = replace(
    play(), name="offer", audience=Audience.CONTACT, channels=(PlayChannel.EMAIL,), template=None, cost=Cost(0.0)
)
THROUGH = directory(ChannelName.SLACK, ChannelName.EMAIL)


def plays() -> list[Play]:
    return [OFFER, *(replace(play(), name=f"p{h}", cost=Cost(h)) for h in (0.0, 0.5, 1.0, 2.0, 5.0))]


@st.composite
def one_of_them(draw: st.DrawFn) -> tuple[Candidate, Worth]:
    of = signal(
        f"a{draw(st.integers(0, 6))}",
        episode=draw(st.integers(1, 3)),
        severity=draw(st.sampled_from(Severity)),
        owner_slack=None,
        owner_email=draw(st.sampled_from(OWNERS)),
    )
    found = candidates(of, draw(st.sampled_from(plays())), THROUGH)
    worth = Worth(draw(st.integers(0, 5)) * 1.0, "JPY", draw(st.sampled_from([0.1, 0.5])), 1.0)
    return draw(st.sampled_from(found)), worth


Field = list[tuple[Candidate, Worth]]
fields = st.lists(one_of_them(), max_size=14, unique_by=lambda one: one[0].id)
told_before = st.lists(
    st.builds(
        Told,
        signal_key=st.sampled_from(["x/1", "x/2", "x/3"]),
        account=st.sampled_from(["a0", "a1", "x"]),
        play=st.sampled_from(["p0.5", "offer"]),
        recipient_key=st.sampled_from([*(f"owner:{owner}" for owner in OWNERS), "contact:tanaka@acme.example"]),
        day=st.sampled_from([TODAY, "2026-02-27"]),
        planned_at=st.sampled_from([MONDAY_NOON - HOUR_MS, MONDAY_NOON - 3 * DAY_MS]),
        audience=st.sampled_from([Audience.OWNER, Audience.CONTACT]),
        severity=st.sampled_from(Severity),
        cost_hours=st.sampled_from([0.0, 0.5, 1.0]),
    ),
    max_size=4,
)


def choose(field: Field, told: Sequence[Told] = (), places: Places = PLACES) -> dict[str, Reason | None]:
    bench = Bench(Ledger(told), lambda _: places, lambda _: TOKYO, MONDAY_NOON)
    return bench.choose([each for each, _ in field], {each.id: worth for each, worth in field})


@given(fields, told_before, st.integers(0, 2**32))
def test_the_order_in_which_they_came_does_not_matter(field: Field, told: list[Told], seed: int) -> None:
    shuffled = random.Random(seed).sample(field, len(field))
    assert choose(field, told) == choose(shuffled, told)


@given(fields, told_before)
def test_no_budget_is_exceeded(field: Field, told: list[Told]) -> None:
    before: defaultdict[str, dict[tuple[str, str, str], float]] = defaultdict(dict)
    for one in told:
        if one.day == TODAY:
            before[one.recipient_key][one.telling] = one.cost_hours
    reasons, spent = choose(field, told), {key: dict(each) for key, each in before.items()}
    for each, _ in field:
        if reasons[each.id] is None and each.recipient.audience is Audience.OWNER:
            telling = (each.signal.key, each.play.name, each.recipient.key)
            spent.setdefault(each.recipient.key, {})[telling] = min(each.play.cost.hours, HOURS)
    for key, hours in spent.items():
        new = sum(hours.values()) - sum(before[key].values())
        assert new <= 1e-9 or sum(hours.values()) <= HOURS + 1e-9, key


@given(fields, told_before)
def test_more_is_never_passed_over_for_less_of_the_same_recipient(field: Field, told: list[Told]) -> None:
    """Of those for whom there is no time, none ranks before one for whom there is and who takes time."""
    reasons = choose(field, told)
    for one, worth in field:
        if reasons[one.id] is not Reason.BUDGET:
            continue
        for other, other_worth in field:
            same = other.recipient.key == one.recipient.key and reasons[other.id] is None
            if same and not _same_telling(field, reasons, other):
                ranks = SEVERITY_ORDER.index
                assert (ranks(other.signal.severity), other_worth.value) >= (ranks(one.signal.severity), worth.value)


def _same_telling(field: Field, reasons: dict[str, Reason | None], of: Candidate) -> bool:
    """Whether it only rides with another channel of the same telling."""
    alike = [
        each
        for each, _ in field
        if each.id != of.id and (each.signal.key, each.play.name) == (of.signal.key, of.play.name)
    ]
    return any(reasons[each.id] is None for each in alike)


@given(fields, told_before)
def test_a_customer_hears_one_voice_over_all_plays(field: Field, told: list[Told]) -> None:
    reasons = choose(field, told)
    heard: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for each, _ in field:
        if reasons[each.id] is None and each.play.for_customer:
            heard[each.signal.account].add((each.signal.key, each.play.name))
    for account, tellings in heard.items():
        lately = [each for each in told if each.account == account and each.audience is Audience.CONTACT]
        assert len(tellings) == 1
        assert lately == []


@given(fields, told_before)
def test_of_one_account_an_owner_hears_again_only_what_is_more_severe(field: Field, told: list[Told]) -> None:
    reasons = choose(field, told)
    for each, _ in field:
        if reasons[each.id] is not None or each.play.for_customer:
            continue
        rank = SEVERITY_ORDER.index(each.signal.severity)
        before = [
            SEVERITY_ORDER.index(one.severity)
            for one in told
            if (one.account, one.recipient_key) == (each.signal.account, each.recipient.key)
            and one.planned_at > MONDAY_NOON - DAY_MS
        ]
        beside = [
            SEVERITY_ORDER.index(other.signal.severity)
            for other, _ in field
            if reasons[other.id] is None
            and (other.signal.account, other.recipient.key) == (each.signal.account, each.recipient.key)
            and (other.signal.key, other.play.name) != (each.signal.key, each.play.name)
        ]
        assert all(rank > one for one in before)
        assert rank not in beside


def worth(value: float) -> Worth:
    return Worth(value, "JPY", 1.0, 1.0)


def test_the_most_valuable_has_the_first_place_and_what_fits_after_it_does_not_slip_in() -> None:
    dear, small = replace(play(), name="dear", cost=Cost(2.5)), replace(play(), name="small", cost=Cost(0.25))
    field = [
        (candidate(signal("a"), dear), worth(3)),
        (candidate(signal("b"), dear), worth(2)),
        (candidate(signal("c"), small), worth(1)),
    ]
    assert list(choose(field).values()) == [None, Reason.BUDGET, Reason.BUDGET]


def test_what_is_critical_goes_before_what_is_worth_more() -> None:
    field = [
        (candidate(signal("rich", severity=Severity.WARNING)), worth(9)),
        (candidate(signal("poor", severity=Severity.CRITICAL)), worth(1)),
    ]
    assert choose(field, places=replace(PLACES, hours=1.0)) == {field[0][0].id: Reason.BUDGET, field[1][0].id: None}


def test_a_play_that_takes_longer_than_a_day_has_the_day_to_itself() -> None:
    field = [(candidate(signal(name), replace(play(), cost=Cost(50.0))), worth(1)) for name in ("a", "b")]
    assert list(choose(field).values()) == [None, Reason.BUDGET]


def test_a_day_without_hours_has_no_place_even_for_what_costs_nothing() -> None:
    field = [(candidate(signal(), replace(play(), cost=Cost(0.0))), worth(1))]
    assert list(choose(field, places=replace(PLACES, hours=0.0)).values()) == [Reason.BUDGET]
    assert list(choose(field, places=replace(PLACES, hours=None)).values()) == [None]


def test_one_telling_through_two_channels_takes_one_place() -> None:
    both = [(each, worth(1)) for each in candidates(signal(), play(), THROUGH)]
    assert len(both) == 2
    for places in (replace(PLACES, hours=1.0), replace(PLACES, hours=None, cap=1)):
        assert list(choose(both, places=places).values()) == [None, None]


def test_the_cap_is_for_people_and_none_for_a_team() -> None:
    capped = Places(0, 0, cap=1, hours=None)
    team = directory(team={ChannelName.SLACK: "C0TEAM"})
    to_team = [
        (candidate(signal(name, owner_slack=None, owner_email=None), through=team), worth(1)) for name in ("a", "b")
    ]
    assert to_team[0][0].recipient.audience is Audience.TEAM
    assert list(choose(to_team, places=capped).values()) == [None, None]
    to_owner = [(candidate(signal(name)), worth(1)) for name in ("a", "b")]
    assert sorted(map(str, choose(to_owner, places=capped).values())) == ["None", "cap"]


def test_a_reminder_is_no_second_voice() -> None:
    told = Told("acme/silent-struggling/1/opened", "acme", "call-the-silent", "owner:sato@vendor.example", TODAY,
                MONDAY_NOON - HOUR_MS, severity=Severity.WARNING)  # fmt: skip
    again = replace(candidate(), id=outreach_id("x", "y", Audience.OWNER, ChannelName.SLACK, 1), turn=1)
    assert list(choose([(again, worth(1))], [told]).values()) == [None]
    assert list(choose([(candidate(signal(episode=2)), worth(1))], [told]).values()) == [Reason.ONE_VOICE]
