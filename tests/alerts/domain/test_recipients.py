"""Who is spoken to, and how: the owner first, the team instead, a customer's contact by mail only."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from banso_alerts.closed_days import countries_of_zones
from banso_alerts.domain.outreach import Candidate, ChannelName
from banso_alerts.domain.plays import Audience, Play, PlayChannel, Reach
from banso_alerts.domain.recipients import Directory, candidates
from banso_common.contracts.account_signal import AccountSignal
from tests.alerts.made import directory, play, signal

SLACK, HOOK, EMAIL, WEBHOOK, CONSOLE = ChannelName
FIRST = replace(play(), reach=Reach.FIRST)
EVERY = replace(play(), reach=Reach.EVERY)
CONTACT = replace(play(), audience=Audience.CONTACT, channels=(PlayChannel.EMAIL,))


def reached(of: AccountSignal, by: Play, through: Directory) -> list[tuple[Audience, ChannelName, str | None]]:
    found: list[Candidate] = candidates(of, by, through)
    return [(c.recipient.audience, c.channel, c.recipient.address) for c in found]


def test_the_owner_is_reached_by_the_first_channel_or_by_every_one() -> None:
    both = directory(SLACK, EMAIL)
    assert reached(signal(), FIRST, both) == [(Audience.OWNER, SLACK, "U0SATO")]
    assert reached(signal(), EVERY, both) == [
        (Audience.OWNER, SLACK, "U0SATO"),
        (Audience.OWNER, EMAIL, "sato@vendor.example"),
    ]


def test_slack_without_a_token_is_the_incoming_webhook() -> None:
    assert reached(signal(), FIRST, directory(HOOK)) == [(Audience.OWNER, HOOK, "webhook")]
    assert reached(signal(), FIRST, directory(HOOK, SLACK))[0][1] is SLACK


def test_the_webhook_hears_of_owners_and_teams_alike_where_a_play_asks_for_it_or_has_nothing_else() -> None:
    endpoint = directory(WEBHOOK, CONSOLE, team={WEBHOOK: "webhook:1"})
    asks = replace(EVERY, channels=(PlayChannel.WEBHOOK, PlayChannel.EMAIL))
    for by in (asks, FIRST):
        assert reached(signal(), by, endpoint) == [(Audience.OWNER, WEBHOOK, "webhook:1")]
    by_mail = directory(WEBHOOK, EMAIL, team={WEBHOOK: "webhook:1"})
    assert [channel for _, channel, _ in reached(signal(), asks, by_mail)] == [WEBHOOK, EMAIL]
    assert [channel for _, channel, _ in reached(signal(), EVERY, by_mail)] == [EMAIL]


def test_an_owner_without_a_slack_name_is_looked_up_by_mail_address() -> None:
    found = reached(signal(owner_slack=None), FIRST, directory(SLACK))
    assert found == [(Audience.OWNER, SLACK, "sato@vendor.example")]


def test_an_account_without_an_owner_is_told_to_the_team() -> None:
    orphan = signal(owner_slack=None, owner_email=None, owner_name=None)
    assert reached(orphan, FIRST, directory(SLACK, team={SLACK: "C0TEAM"})) == [(Audience.TEAM, SLACK, "C0TEAM")]


def test_where_nobody_can_be_reached_one_candidate_says_so() -> None:
    orphan = signal(owner_slack=None, owner_email=None, owner_name=None)
    assert reached(orphan, EVERY, directory(SLACK, EMAIL)) == [(Audience.OWNER, SLACK, None)]


def test_the_console_speaks_only_when_no_channel_of_the_play_is_set_up() -> None:
    assert reached(signal(), FIRST, directory(CONSOLE)) == [(Audience.OWNER, CONSOLE, "console")]
    assert reached(signal(), FIRST, directory(CONSOLE, EMAIL)) == [(Audience.OWNER, EMAIL, "sato@vendor.example")]


def test_a_customer_is_never_reached_through_slack_or_a_webhook() -> None:
    all_of_them = (PlayChannel.SLACK, PlayChannel.EMAIL, PlayChannel.WEBHOOK)
    by_both = replace(CONTACT, channels=all_of_them, reach=Reach.EVERY)
    teams = {SLACK: "C0TEAM", WEBHOOK: "webhook:1"}
    found = reached(signal(), by_both, directory(SLACK, HOOK, WEBHOOK, EMAIL, team=teams))
    assert found == [(Audience.CONTACT, EMAIL, "tanaka@acme.example")]
    assert reached(signal(contact_email=None), by_both, directory(SLACK, EMAIL))[0][2] is None


@pytest.mark.parametrize(
    ("owner", "account", "locale"),
    [("ja-JP", "en", "ja"), (None, "ja", "ja"), ("de", "ja_JP", "ja"), ("en_GB", "ja", "en"), (None, None, "en")],
)
def test_the_language_is_the_owners_then_the_accounts_then_the_installations(
    owner: str | None, account: str | None, locale: str
) -> None:
    found = candidates(signal(owner_locale=owner, locale=account), FIRST, directory(SLACK))[0]
    assert found.recipient.locale == locale


def test_the_clock_is_the_companys_for_its_people_and_the_accounts_for_its_contact() -> None:
    assert candidates(signal(), FIRST, directory(SLACK))[0].recipient.time_zone == "Asia/Tokyo"
    assert candidates(signal(), CONTACT, directory(EMAIL))[0].recipient.time_zone == "America/New_York"


def test_the_id_is_of_the_signal_the_play_the_audience_and_the_channel() -> None:
    ids = {
        found.id
        for of in (signal(), signal(episode=2))
        for by in (EVERY, replace(EVERY, name="other"))
        for found in candidates(of, by, directory(SLACK, EMAIL))
    }
    assert len(ids) == 8
    assert candidates(signal(), EVERY, directory(SLACK))[0].id in ids


@pytest.mark.parametrize(
    ("said", "zone", "country"),
    [
        ({"owner_time_zone": "Europe/Berlin", "owner_locale": "ja-JP"}, "Europe/Berlin", "DE"),
        ({"owner_time_zone": None, "owner_locale": "en-GB"}, "Asia/Tokyo", "GB"),
        ({"owner_time_zone": None, "owner_locale": "ja"}, "Asia/Tokyo", "JP"),
        ({"owner_time_zone": None, "owner_locale": "en"}, "Asia/Tokyo", ""),
        ({"owner_time_zone": None, "owner_locale": None}, "Asia/Tokyo", ""),
        ({"owner_time_zone": "UTC", "owner_locale": "en-US"}, "UTC", "US"),
    ],
)
def test_an_owner_works_in_their_own_zone_and_keeps_the_holidays_of_their_own_country(
    said: dict[str, Any], zone: str, country: str
) -> None:
    through = replace(directory(SLACK), countries=countries_of_zones())
    (found,) = candidates(signal(**said), FIRST, through)
    assert (found.recipient.time_zone, found.recipient.country) == (zone, country)


def test_a_team_has_the_companys_day_and_a_contact_the_accounts() -> None:
    through = replace(directory(SLACK, EMAIL, team={SLACK: "C0TEAM"}), countries=countries_of_zones())
    orphan = signal(owner_slack=None, owner_email=None, owner_name=None, owner_time_zone="Europe/Berlin")
    (team,) = candidates(orphan, FIRST, through)
    assert (team.recipient.time_zone, team.recipient.country) == ("Asia/Tokyo", "")
    offer = replace(FIRST, audience=Audience.CONTACT, channels=(PlayChannel.EMAIL,))
    (contact,) = candidates(signal(), offer, through)
    assert (contact.recipient.time_zone, contact.recipient.country) == ("America/New_York", "US")
