"""Which plays a signal leads to: by cell, phase, touch and state; support first, then those that the cell names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from banso_alerts.domain.outreach import ChannelName
from banso_alerts.domain.plays import Audience, is_support_matter, plays_for
from banso_alerts.domain.recipients import Directory, candidates, variant_of
from banso_alerts.plays_file import default_plays, read_plays
from banso_common.contracts.account_signal import AccountSignal, SignalKind, SignalState, TouchModel
from banso_common.errors import SettingsError
from tests.alerts.made import channel, directory, evidence, signal

FILE = """version: 1
plays:
  - name: one
    when: {kind: stalled, cell: [dream], phase: pilot, touch: [high], state: [opened, closed]}
    audience: owner
    channels: [slack]
    template: stalled
    cooldown_hours: 1
    expiry_hours: 2
"""


def names(of: AccountSignal, customers: bool = False) -> list[str]:
    return [play.name for play in plays_for(default_plays(customers), of)]


def in_pilot(**changes: Any) -> AccountSignal:
    said: dict[str, Any] = {"kind": SignalKind.STALLED, "cell": "dream", "phase": "pilot", "touch": TouchModel.HIGH}
    return signal(**said | changes)


@pytest.mark.parametrize(
    ("changes", "matches"),
    [
        ({}, True),
        ({"state": SignalState.CLOSED}, True),
        ({"cell": "routine"}, False),
        ({"cell": ""}, False),
        ({"phase": "operation"}, False),
        ({"touch": TouchModel.LOW}, False),
        ({"kind": SignalKind.STRUGGLING}, False),
    ],
)
def test_a_play_is_for_the_cells_phases_touch_models_and_states_that_it_names(
    changes: dict[str, Any], matches: bool
) -> None:
    (play,) = read_plays(FILE, "x")
    assert play.matches(in_pilot(**changes)) is matches


def test_a_play_that_says_no_state_is_about_what_begins() -> None:
    (play,) = read_plays(FILE.replace(", state: [opened, closed]", ""), "x")
    assert play.matches(in_pilot())
    assert not play.matches(in_pilot(state=SignalState.CLOSED))


def test_what_the_cell_names_stands_before_the_general_and_only_there() -> None:
    assert names(in_pilot()) == ["unblock"]
    assert names(in_pilot(plays=["define-the-goal", "first-small-success"])) == ["define-the-goal"]
    assert names(in_pilot(plays=["define-the-goal"], phase="adoption")) == ["unblock"]
    silent = {"kind": SignalKind.SILENT_STRUGGLING, "plays": ["set-expectations", "first-small-success"]}
    assert names(in_pilot(**silent)) == ["first-small-success"]
    assert names(in_pilot(**silent, phase="operation")) == ["call-the-silent"]


def test_every_play_that_the_default_model_names_is_shipped_and_answers_something() -> None:
    listed = {"set-expectations", "first-small-success", "define-the-goal", "give-the-goal", "learn-the-basics"}
    shipped = {play.name: play for play in default_plays()}
    assert listed | {"guide-at-scale"} <= set(shipped)
    for name in sorted(listed | {"guide-at-scale"}):
        assert shipped[name].only_named, name
        assert any(
            name in names(signal(kind=kind, phase="implementation", touch=touch, plays=[name]))
            for kind in shipped[name].kinds
            for touch in TouchModel
        ), name


def broken(**changes: Any) -> AccountSignal:
    """In trouble with the product's own failures, and they wrote."""
    errors = channel("errors", {}, seen=9, expected=2.0, users=2, log_evidence=3.0, kind="error")
    said: dict[str, Any] = {"kind": SignalKind.STRUGGLING, "evidence": evidence(channels=[errors], contacts_seen=3)}
    return signal(**said | changes)


def test_trouble_with_the_product_of_which_they_wrote_goes_to_support_and_to_nobody_else_in_the_house() -> None:
    assert is_support_matter(broken())
    assert names(broken()) == ["hand-to-support"]
    assert names(broken(plays=["learn-the-basics"])) == ["hand-to-support"]
    assert names(broken(kind=SignalKind.CONTACT_MADE)) == ["hand-to-support"]


def test_who_is_silent_now_is_the_owners_whatever_it_wrote_weeks_ago() -> None:
    assert names(broken(kind=SignalKind.SILENT_STRUGGLING)) == ["call-the-silent"]


def test_a_question_that_is_no_failure_of_the_product_is_no_support_matter() -> None:
    helped = channel("help", {}, seen=9, expected=2.0, users=2, log_evidence=3.0, kind="help")
    fewer = channel("errors", {}, seen=1, expected=2.0, users=2, log_evidence=0.0, kind="error")
    for channels in ([helped], [fewer], []):
        assert not is_support_matter(broken(evidence=evidence(channels=channels, contacts_seen=3))), channels
    assert not is_support_matter(broken(evidence=evidence(contacts_seen=0)))
    errors = channel("errors", {}, seen=9, expected=2.0, users=2, log_evidence=3.0, kind="error")
    assert not is_support_matter(broken(evidence=evidence(channels=[errors], contacts_seen=1))), "2.3 are usual"
    assert not is_support_matter(broken(evidence=None))
    assert names(broken(evidence=evidence(channels=[helped], contacts_seen=3))) == ["help-the-struggling"]


def test_a_support_matter_is_told_to_support_then_to_the_team_then_to_the_owner() -> None:
    (play,) = plays_for(default_plays(), broken())
    slack = ChannelName.SLACK

    def heard_by(reached: Directory) -> list[tuple[Audience, str | None]]:
        return [(each.recipient.audience, each.recipient.address) for each in candidates(broken(), play, reached)]

    team = directory(slack, team={slack: "C0TEAM"})
    whole = replace(team, desks={Audience.SUPPORT: {slack: "C0SUPPORT"}})
    assert heard_by(whole) == [(Audience.SUPPORT, "C0SUPPORT")]
    assert heard_by(team) == [(Audience.TEAM, "C0TEAM")]
    assert heard_by(directory(slack)) == [(Audience.OWNER, "U0SATO")]


def test_customers_are_spoken_to_only_when_asked_for_and_beside_the_house() -> None:
    silent = signal(touch=TouchModel.TECH)
    assert names(silent) == ["reach-the-silent-at-scale"]
    assert names(silent, customers=True) == ["reach-the-silent-at-scale", "guide-the-customer"]
    assert names(signal(touch=TouchModel.HIGH), customers=True) == ["call-the-silent"]


def test_each_wording_of_a_play_is_told_as_often_and_an_episode_always_in_the_same() -> None:
    lines = "{title: x, what: y, do: z}"
    texts = f"{{ja: {lines}, en: {lines}}}"
    (play,) = read_plays(FILE + f"    variants: {{b: {texts}, c: {texts}}}\n", "x")
    told = [variant_of(signal(f"a{i}"), play) for i in range(600)]
    assert set(told) == {"", "b", "c"}
    assert all(150 < told.count(name) < 250 for name in ("", "b", "c"))
    assert variant_of(signal("a1"), play) == told[1]


def test_a_wording_that_is_named_is_the_only_one_told() -> None:
    lines = "{title: x, what: y, do: z}"
    texts = f"{{ja: {lines}, en: {lines}}}"
    for wording, told in (("c", "c"), ("own", "")):
        (play,) = read_plays(FILE + f"    variants: {{b: {texts}, c: {texts}}}\n    wording: {wording}\n", "x")
        assert {variant_of(signal(f"a{i}"), play) for i in range(30)} == {told}
    with pytest.raises(SettingsError, match=r"there is no variant d; `own` is"):
        read_plays(FILE + f"    variants: {{b: {texts}}}\n    wording: d\n", "x")
    with pytest.raises(SettingsError, match="`own` is what the play's own words are called"):
        read_plays(FILE + f"    variants: {{own: {texts}}}\n", "x")
