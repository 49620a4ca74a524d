"""Which channels this installation has: each comes in as soon as its setting does, the console when none is set."""

from __future__ import annotations

from collections.abc import Sequence

from banso_alerts.channels.console import ConsoleChannel
from banso_alerts.channels.port import Channel
from banso_alerts.domain.outreach import ChannelName
from banso_alerts.domain.recipients import CONSOLE_ADDRESS, Directory
from banso_alerts.settings import AlertsSettings


def channels_of(settings: AlertsSettings) -> list[Channel]:
    """The channels, not connected yet."""
    found: list[Channel] = []
    if settings.console_channel or (settings.console_channel is None and not found):
        found.append(ConsoleChannel())
    return found


def directory_of(settings: AlertsSettings, channels: Sequence[Channel]) -> Directory:
    """Whom these channels reach."""
    team = {
        ChannelName.SLACK: settings.slack_team_channel,
        ChannelName.EMAIL: settings.mail_team,
        ChannelName.CONSOLE: CONSOLE_ADDRESS,
    }
    return Directory(
        channels=frozenset(channel.name for channel in channels),
        team={name: address for name, address in team.items() if address},
        locale=settings.locale,
        time_zone=settings.time_zone,
    )
