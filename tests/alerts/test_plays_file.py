"""The plays file: the shipped one covers every kind and never the customer; a wrong one is refused by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from banso_alerts.domain.plays import Audience, plays_for
from banso_alerts.plays_file import default_plays, load_plays, read_plays
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


def test_the_shipped_plays_cover_every_kind_of_signal_of_a_high_touch_account() -> None:
    for kind in SignalKind:
        assert plays_for(default_plays(), signal(kind=kind)), kind


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
        ("cooldown_hours: 1", "cooldown_hours: -1", 8, ">= 0"),
        ("audience: owner", "audience: contact", 3, "contact-offer"),
        ("channels: [slack]", "chanels: [slack]", 3, "chanels"),
        ("channels: [slack]", "channels: []", 6, "length"),
        ("name: one", "name: One Play", 3, "regex|pattern|matching"),
        ("version: 1", "version: 9", 1, "9"),
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
    with pytest.raises(SettingsError, match="line 10: a second play is named one"):
        read_plays(twice, "x")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="BANSO_PLAYS_FILE: cannot read"):
        load_plays(tmp_path / "none.yaml")
    (tmp_path / "mine.yaml").write_text(GOOD)
    assert [play.name for play in load_plays(tmp_path / "mine.yaml")] == ["one"]
