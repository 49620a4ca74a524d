"""Which channels this installation has: each comes in as soon as its setting does, the console when none is set."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from banso_alerts.channels.console import ConsoleChannel
from banso_alerts.channels.email import EmailChannel, SmtpServer
from banso_alerts.channels.mail_message import sender_of
from banso_alerts.channels.port import Channel
from banso_alerts.channels.slack_api import SlackApi
from banso_alerts.channels.slack_web import SlackWebChannel
from banso_alerts.channels.slack_webhook import SlackWebhookChannel
from banso_alerts.domain.outreach import ChannelName
from banso_alerts.domain.recipients import CONSOLE_ADDRESS, Directory
from banso_alerts.settings import AlertsSettings
from banso_common.clock import Clock
from banso_common.errors import Refused, SettingsError

from banso_alerts.domain.plays import Audience

def channels_of(settings: AlertsSettings, clock: Clock) -> list[Channel]:
    """The channels, not connected yet. Raises SettingsError."""
    found: list[Channel] = []
    if settings.slack_token is not None:
        clicks = settings.slack_signing_secret is not None
        api = SlackApi(_http(settings), settings.slack_url, settings.slack_token)
        found.append(SlackWebChannel(api, reads_back=settings.slack_read_back, buttons=clicks))
    if settings.slack_webhook_url is not None:
        found.append(SlackWebhookChannel(_http(settings), settings.slack_webhook_url))
    if settings.smtp_host is not None:
        found.append(EmailChannel(_smtp(settings, settings.smtp_host), clock))
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


def _http(settings: AlertsSettings) -> httpx.AsyncClient:
    """One time-out for every request, shorter than what delivery waits; redirects are not followed."""
    return httpx.AsyncClient(timeout=settings.delivery_request_s_max)


def _smtp(settings: AlertsSettings, host: str) -> SmtpServer:
        desks={Audience.SUPPORT: _reached(settings.slack_support_channel, settings.mail_support)},
    try:
        sender_of(settings.mail_from)
    except Refused:
        raise SettingsError("BANSO_MAIL_FROM: write a mail address, such as banso <banso@example.com>") from None
    return SmtpServer(
def _reached(slack: str | None, mail: str | None) -> dict[ChannelName, str]:
    """Where a room of the company listens."""
    listens = {ChannelName.SLACK: slack, ChannelName.EMAIL: mail}
    return {name: address for name, address in listens.items() if address}


        host=host,
        port=settings.smtp_port,
        tls=settings.smtp_tls,
        user=settings.smtp_user,
        password=settings.smtp_password,
        sender=settings.mail_from,
        timeout_s=settings.delivery_request_s_max,
    )
