"""Which channels this installation has: each comes in as soon as its setting does, the console when none is set."""

from __future__ import annotations

from collections.abc import Sequence

import httpx
from pydantic import SecretStr

from banso_alerts.channels.console import ConsoleChannel
from banso_alerts.channels.email import EmailChannel, SmtpServer
from banso_alerts.channels.mail_message import sender_of
from banso_alerts.channels.pinned import PinnedHttp
from banso_alerts.channels.port import Channel
from banso_alerts.channels.slack_api import SlackApi
from banso_alerts.channels.slack_web import SlackWebChannel
from banso_alerts.channels.slack_webhook import SlackWebhookChannel
from banso_alerts.channels.unsubscribe import WayOut
from banso_alerts.channels.webhook import Endpoint, WebhookChannel, address_of
from banso_alerts.channels.webhook_signature import keys_of
from banso_alerts.closed_days import countries_of_zones
from banso_alerts.domain.outreach import ChannelName
from banso_alerts.domain.plays import Audience
from banso_alerts.domain.recipients import CONSOLE_ADDRESS, Directory
from banso_alerts.settings import AlertsSettings
from banso_common.clock import Clock
from banso_common.errors import Refused, SettingsError

CALL_SHARE = 0.9
"""Of the time that a call may take: a webhook's answer is waited for less long, so that it is we who give up."""


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
    if settings.webhook_url is not None:
        found.append(_webhook(settings, settings.webhook_url, clock))
    if settings.console_channel or (settings.console_channel is None and not found):
        found.append(ConsoleChannel())
    return found


def directory_of(settings: AlertsSettings, channels: Sequence[Channel]) -> Directory:
    """Whom these channels reach."""
    team = {
        ChannelName.SLACK: settings.slack_team_channel,
        ChannelName.EMAIL: settings.mail_team,
        ChannelName.WEBHOOK: address_of(settings.webhook_url) if settings.webhook_url is not None else None,
        ChannelName.CONSOLE: CONSOLE_ADDRESS,
    }
    return Directory(
        channels=frozenset(channel.name for channel in channels),
        team={name: address for name, address in team.items() if address},
        desks={
            Audience.SUPPORT: _reached(settings.slack_support_channel, settings.mail_support),
            Audience.PRODUCT: _reached(settings.slack_product_channel, settings.mail_product),
            Audience.OPERATOR: _reached(settings.slack_operator_channel, settings.mail_operator),
        },
        locale=settings.locale,
        time_zone=settings.time_zone,
        countries=countries_of_zones(),
    )


def _reached(slack: str | None, mail: str | None) -> dict[ChannelName, str]:
    """Where a room of the company listens."""
    listens = {ChannelName.SLACK: slack, ChannelName.EMAIL: mail}
    return {name: address for name, address in listens.items() if address}


def _http(settings: AlertsSettings) -> httpx.AsyncClient:
    """One time-out for every request, shorter than what delivery waits; redirects are not followed."""
    return httpx.AsyncClient(timeout=settings.delivery_request_s_max)


def _webhook(settings: AlertsSettings, url: SecretStr, clock: Clock) -> WebhookChannel:
    schemes = ("http", "https") if settings.webhook_allow_private else ("https",)
    try:
        parsed = httpx.URL(url.get_secret_value())
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    if parsed.scheme not in schemes or not parsed.host or parsed.userinfo:
        raise SettingsError(
            f"BANSO_WEBHOOK_URL: write a URL that begins with {' or '.join(schemes)}://, without a user"
        )
    if settings.webhook_secret is None:
        raise SettingsError("BANSO_WEBHOOK_SECRET: give the secret that signs webhooks, whsec_ and base64")
    try:
        keys = keys_of(settings.webhook_secret.get_secret_value())
    except Refused as fault:
        raise SettingsError(f"BANSO_WEBHOOK_SECRET: {fault.reason}") from None
    http = PinnedHttp(settings.delivery_request_s_max * CALL_SHARE, allow_private=settings.webhook_allow_private)
    return WebhookChannel(http, Endpoint(url, keys), clock)


def _smtp(settings: AlertsSettings, host: str) -> SmtpServer:
    try:
        sender_of(settings.mail_from)
    except Refused:
        raise SettingsError("BANSO_MAIL_FROM: write a mail address, such as banso <banso@example.com>") from None
    return SmtpServer(
        host=host,
        port=settings.smtp_port,
        tls=settings.smtp_tls,
        user=settings.smtp_user,
        password=settings.smtp_password,
        sender=settings.mail_from,
        timeout_s=settings.delivery_request_s_max,
        way_out=WayOut(settings.public_url, settings.link_secret, settings.unsubscribe_mailto),
    )
