"""The plays file: the shipped one covers every kind and never the customer; a wrong one is refused by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from banso_alerts.domain.plays import Audience, plays_for
from banso_alerts.plays_file import check_plays, default_plays, load_plays, read_plays
from banso_common.clock import HOUR_MS
from banso_common.contracts.account_signal import Severity, SignalKind, TouchModel
from banso_common.errors import SettingsError
from tests.alerts.made import signal

GOOD = """version: 1
plays:
  - name: one
    when: {kind: stalled}
    audience: owner
    channels: [slack]
    template: stalled
    cooldown_hours: 1
    expiry_hours: 2.5
"""


OF_ACCOUNTS = set(SignalKind) - {SignalKind.CONTACT_MADE, SignalKind.SILENT_INCIDENT, SignalKind.FEED_STALE}


def test_the_shipped_plays_cover_every_kind_of_signal_of_a_high_touch_account() -> None:
    for kind in OF_ACCOUNTS:
        assert plays_for(default_plays(), signal(kind=kind)), kind


def test_a_reached_goal_is_celebrated_for_every_touch_model() -> None:
    for touch in TouchModel:
        assert plays_for(default_plays(), signal(kind=SignalKind.GOAL_REACHED, touch=touch)), touch


def test_the_shipped_plays_cover_the_silent_of_every_touch_model() -> None:
    for touch in TouchModel:
        assert plays_for(default_plays(), signal(touch=touch)), touch


def test_no_shipped_play_speaks_to_a_customer() -> None:
    assert Audience.CONTACT not in {play.audience for play in default_plays()}


def test_what_is_below_the_floor_leads_to_nothing() -> None:
    (play,) = read_plays(GOOD + "    severity_floor: warning\n", "x")
    assert play.matches(signal(kind=SignalKind.STALLED, severity=Severity.WARNING))
    assert play.matches(signal(kind=SignalKind.STALLED, severity=Severity.CRITICAL))
    assert not play.matches(signal(kind=SignalKind.STALLED, severity=Severity.INFO))
    assert not play.matches(signal(kind=SignalKind.STRUGGLING))


def test_hours_become_milliseconds() -> None:
    (play,) = read_plays(GOOD, "x")
    assert (play.cooldown_ms, play.expiry_ms) == (HOUR_MS, 5 * HOUR_MS // 2)


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("kind: stalled", "kind: asleep", 4, "asleep"),
        ("cooldown_hours: 1", "cooldown_hours: -1", 8, "greater than or equal to 0"),
        ("audience: owner", "audience: contact", 5, "customer: true"),
        ("channels: [slack]", "chanels: [slack]", 6, "chanels"),
        ("channels: [slack]", "channels: []", 6, "at least 1 item"),
        ("name: one", "name: One Play", 3, "regex|pattern|matching"),
        ("version: 1", "version: 9", 1, "`version: 1`"),
        ("plays:", "plays: [", 1, "not YAML"),
        ("template: stalled", "template: !!python/object:os.system x", 7, "not YAML"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_reason(old: str, new: str, line: int, reason: str) -> None:
    with pytest.raises(SettingsError, match=rf"mine\.yaml, line \d+: .*({reason})") as refused:
        read_plays(GOOD.replace(old, new), "mine.yaml")
    if reason != "not YAML":
        assert f"line {line}:" in str(refused.value)


def test_two_plays_of_one_name_are_refused() -> None:
    twice = GOOD + GOOD.split("plays:\n")[1]
    with pytest.raises(SettingsError, match=r"line 10: plays\.1: a second play is named one"):
        read_plays(twice, "x")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="BANSO_PLAYS_FILE: cannot read"):
        load_plays(tmp_path / "none.yaml")
    (tmp_path / "mine.yaml").write_text(GOOD)
    assert [play.name for play in load_plays(tmp_path / "mine.yaml")] == ["one"]


OWN = """    text:
      ja: {title: "{account_name}さんへ", what: 一つ目, do: [二つ目, 三つ目]}
      en: {title: "For {account_name}", what: one, do: [two, "three {score}"]}
"""
TO_CUSTOMER = GOOD.replace("audience: owner", "audience: contact\n    customer: true").replace("[slack]", "[email]")


def test_a_play_may_speak_in_own_words() -> None:
    (play,) = read_plays(GOOD.replace("    template: stalled\n", OWN), "x")
    assert play.template is None
    assert play.text is not None
    assert play.text["en"].do == ("two", "three {score}")
    assert play.wording("") is play.text


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("{score}", "{scor}", r"no placeholder \{scor\} here, did you mean \"score\"\?"),
        ("{score}", "{score", "a brace stands alone"),
        ("{score}", "{{ score }}", "a brace stands alone"),
        ("{score}", "x" * 600, "at most 500 characters"),
        ("{score}", "\\n", "one line of printable characters"),
        ("do: [two,", "do: [" + "a, " * 10, "at most 10 items"),
        ("      ja:", "      fr:", "unknown key"),
    ],
)
def test_own_words_are_bounded_and_hold_no_other_placeholders(old: str, new: str, reason: str) -> None:
    text = GOOD.replace("    template: stalled\n", OWN).replace(old, new)
    with pytest.raises(SettingsError, match=reason):
        read_plays(text, "x")


def test_what_a_customer_reads_holds_names_and_nothing_that_was_found_out() -> None:
    with pytest.raises(SettingsError, match=r"line 10: .*no placeholder \{score\} here"):
        read_plays(TO_CUSTOMER.replace("    template: stalled\n", OWN), "x")
    (play,) = read_plays(TO_CUSTOMER.replace("    template: stalled\n", OWN.replace(" {score}", "")), "x")
    assert play.for_customer


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (GOOD.replace("audience: owner", "audience: owner\n    customer: true"), "belongs to audience contact"),
        (TO_CUSTOMER, "belong together"),
        (TO_CUSTOMER.replace("stalled\n", "contact-offer\n").replace("[email]", "[slack]"), "by email only"),
        (GOOD.replace("    template: stalled\n", ""), "needs either `template` or `text`"),
        (GOOD.replace("    template: stalled\n", "    template: stalled\n" + OWN), "needs either"),
        (GOOD + "  - call-the-loud\n", 'no play call-the-loud, did you mean "call-the-silent"'),
        (GOOD.replace("plays:\n", "notes:\n"), "`plays` is missing"),
        ("plays: {}\nversion: 1\n", "a list of plays"),
    ],
)
def test_what_single_fields_cannot_say_is_refused_too(text: str, reason: str) -> None:
    with pytest.raises(SettingsError, match=reason):
        read_plays(text, "x")


def test_every_fault_is_told_at_once_in_the_order_of_lines() -> None:
    found = check_plays(GOOD.replace("stalled}", "asleep}").replace("[slack]", "[]") + GOOD.split("plays:\n")[1], "x")
    assert [finding.line for finding in found] == [4, 6, 10]


def test_a_shipped_play_is_kept_by_its_name() -> None:
    one, two = read_plays(GOOD + "  - call-the-silent\n", "x")
    assert (one.name, two) == ("one", next(play for play in default_plays() if play.name == "call-the-silent"))


MODEL = "journey: {pilot: {}}\nmatrix: {cells: {dream: {}}}\n" + GOOD.removeprefix("version: 1\n")


def test_the_plays_of_the_model_file_count_and_a_file_of_their_own_overrides_them(tmp_path: Path) -> None:
    model, own, without = (tmp_path / name for name in ("model.yaml", "own.yaml", "without.yaml"))
    model.write_text(MODEL.replace("name: one", "name: of-the-model"))
    own.write_text(GOOD)
    without.write_text("name: small\n")
    assert [play.name for play in load_plays(None, model)] == ["of-the-model"]
    assert [play.name for play in load_plays(own, model)] == ["one"]
    assert load_plays(None, without) == default_plays()
    assert load_plays(None, without, customers=True) == default_plays(customers=True)
    with pytest.raises(SettingsError, match="BANSO_MODEL_FILE: cannot read"):
        load_plays(None, tmp_path / "none.yaml")


@pytest.mark.parametrize(("key", "good", "bad"), [("phase", "pilot", "pilto"), ("cell", "dream", "drem")])
def test_cells_and_phases_are_those_of_the_model(key: str, good: str, bad: str) -> None:
    def said(name: str) -> str:
        return MODEL.replace("kind: stalled}", f"kind: stalled, {key}: {name}}}")

    assert check_plays(said(good), "x") == []
    (finding,) = check_plays(said(bad), "x")
    assert finding.reason == f'play one: the model has no {key} {bad}, did you mean "{good}"?'
