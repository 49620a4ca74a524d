"""Channels come in as soon as their setting does; the console is there until one has; secrets are never shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from banso_alerts.channels.set_up import channels_of, directory_of
from banso_alerts.domain.outreach import ChannelName
from banso_alerts.settings import AlertsSettings
from banso_common.clock import ManualClock
from banso_common.errors import SettingsError
from banso_common.settings import load
from tests.alerts.made import MONDAY_NOON

SLACK, HOOK, EMAIL, WEBHOOK, CONSOLE = ChannelName
WHSEC = "whsec_" + "dGVsbC1ub2JvZHkt" * 3
SECRETS = {
    "BANSO_SLACK_TOKEN": "xoxb-tell-nobody",
    "BANSO_SLACK_WEBHOOK_URL": "https://hooks.example/tell-nobody",
    "BANSO_SMTP_PASSWORD": "tell-nobody",
    "BANSO_SLACK_SIGNING_SECRET": "tell-nobody",
    "BANSO_LINK_SECRET": "tell-nobody-of-this",
    "BANSO_WEBHOOK_URL": "https://crm.example/tell-nobody",
    "BANSO_WEBHOOK_SECRET": "whsec_tell-nobody",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.setenv("BANSO_DATA_DIR", str(tmp_path))
    return monkeypatch


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, [CONSOLE]),
        ({"BANSO_SLACK_TOKEN": "xoxb"}, [SLACK]),
        ({"BANSO_SLACK_WEBHOOK_URL": "https://hooks.example/x"}, [HOOK]),
        ({"BANSO_WEBHOOK_URL": "https://crm.example/x", "BANSO_WEBHOOK_SECRET": WHSEC}, [WEBHOOK]),
        ({"BANSO_SMTP_HOST": "mail.example"}, [EMAIL]),
        ({"BANSO_SLACK_TOKEN": "xoxb", "BANSO_SMTP_HOST": "mail.example"}, [SLACK, EMAIL]),
        ({"BANSO_SMTP_HOST": "mail.example", "BANSO_CONSOLE_CHANNEL": "true"}, [EMAIL, CONSOLE]),
        ({"BANSO_SLACK_TOKEN": ""}, [CONSOLE]),
    ],
)
async def test_a_channel_comes_in_with_its_setting(
    environment: pytest.MonkeyPatch, given: dict[str, str], wanted: list[ChannelName]
) -> None:
    for name, value in given.items():
        environment.setenv(name, value)
    found = channels_of(load(AlertsSettings), ManualClock(MONDAY_NOON))
    assert [channel.name for channel in found] == wanted
    for channel in found:
        await channel.close()


def test_no_secret_is_shown_by_the_settings(environment: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        environment.setenv(name, value)
    settings = load(AlertsSettings)
    assert "tell-nobody" not in f"{settings!r}{settings}{settings.model_dump_json()}"


def test_the_team_is_reached_where_it_was_said_to_listen(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BANSO_SLACK_TEAM_CHANNEL", "C0TEAM")
    environment.setenv("BANSO_MAIL_TEAM", "team@vendor.example")
    team = directory_of(load(AlertsSettings), []).team
    assert (team[SLACK], team[EMAIL], team[CONSOLE]) == ("C0TEAM", "team@vendor.example", "console")


def test_lists_are_written_with_commas(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BANSO_OPEN_DAYS", "tue, Wed,sat")
    environment.setenv("BANSO_COMPANY_HOLIDAYS", "2026-08-13, 2026-08-14")
    environment.setenv("BANSO_OPEN_UNTIL", "24:00")
    settings = load(AlertsSettings)
    assert settings.open_days == {2, 3, 6}
    assert sorted(map(str, settings.company_holidays)) == ["2026-08-13", "2026-08-14"]
    assert settings.open_minutes == (540, 1440)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BANSO_TIME_ZONE", "Mars/Olympus"),
        ("BANSO_OPEN_DAYS", "mon,funday"),
        ("BANSO_OPEN_FROM", "19:00"),
        ("BANSO_OPEN_UNTIL", "25:00"),
        ("BANSO_COMPANY_HOLIDAYS", "soon"),
        ("BANSO_HOLDOUT_SHARE", "1.0"),
        ("BANSO_LOCALE", "fr"),
        ("BANSO_PUBLIC_URL", "javascript:alert(1)"),
        ("BANSO_SLACK_TEAM_CHANNEL", "#general"),
        ("BANSO_DELIVERY_GRACE_S", "5"),
    ],
)
def test_a_wrong_setting_is_an_error_that_names_it(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        load(AlertsSettings)


def test_a_sender_that_is_no_address_is_an_error_that_names_it(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BANSO_SMTP_HOST", "mail.example")
    environment.setenv("BANSO_MAIL_FROM", "not an address")
    with pytest.raises(SettingsError, match="BANSO_MAIL_FROM"):
        channels_of(load(AlertsSettings), ManualClock(MONDAY_NOON))


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"BANSO_WEBHOOK_URL": "http://crm.example/x"}, "BANSO_WEBHOOK_URL"),
        ({"BANSO_WEBHOOK_URL": "https://user:word@crm.example/x"}, "BANSO_WEBHOOK_URL"),
        ({"BANSO_WEBHOOK_URL": "https://"}, "BANSO_WEBHOOK_URL"),
        ({"BANSO_WEBHOOK_SECRET": ""}, "BANSO_WEBHOOK_SECRET"),
        ({"BANSO_WEBHOOK_SECRET": "tell-nobody"}, "BANSO_WEBHOOK_SECRET"),
        ({"BANSO_WEBHOOK_SECRET": "whsec_short"}, "BANSO_WEBHOOK_SECRET"),
    ],
)
def test_a_webhook_that_could_not_be_trusted_is_an_error_that_names_the_setting(
    environment: pytest.MonkeyPatch, wrong: dict[str, str], named: str
) -> None:
    for name, value in {"BANSO_WEBHOOK_URL": "https://crm.example/x", "BANSO_WEBHOOK_SECRET": WHSEC, **wrong}.items():
        environment.setenv(name, value)
    with pytest.raises(SettingsError, match=named) as fault:
        channels_of(load(AlertsSettings), ManualClock(MONDAY_NOON))
    assert "tell-nobody" not in str(fault.value)


def test_settings_are_what_the_defaults_say_without_an_environment(environment: pytest.MonkeyPatch) -> None:
    settings: Any = load(AlertsSettings)
    assert (settings.open_minutes, settings.cap_per_day, settings.holdout_share) == ((540, 1080), 20, 0.0)
    assert settings.database.endswith("/alerts.db")
