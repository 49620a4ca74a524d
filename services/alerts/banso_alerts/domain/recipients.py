"""From a signal and a play to the candidates: who is spoken to, and through which channels they can be reached.

The owner comes first when the play says so; without an address for the owner the team hears it instead. Support
stands before the team in the same way, and the owner hears what neither would.
A customer's contact is spoken to by mail only. Where a play's channels are not set up at all, the webhook or else
the console (if they are) carries the message; where nothing reaches, one candidate without an address says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from banso_alerts.domain.outreach import Candidate, ChannelName, Recipient, outreach_id
from banso_alerts.domain.plays import Audience, Play, PlayChannel, Reach
from banso_common.contracts.account_signal import AccountSignal
from banso_common.contracts.codec import identity_of

LOCALES = ("ja", "en")
CONSOLE_ADDRESS = "console"
WEBHOOK_ADDRESS = "webhook"
STAND_INS: dict[Audience, tuple[Audience, ...]] = {
    Audience.OWNER: (Audience.OWNER, Audience.TEAM),
    Audience.SUPPORT: (Audience.SUPPORT, Audience.TEAM, Audience.OWNER),
    Audience.PRODUCT: (Audience.PRODUCT, Audience.TEAM),
    Audience.OPERATOR: (Audience.OPERATOR, Audience.TEAM),
}
"""Who hears it when the one that the play names is out of reach, in this order."""
REGION = re.compile(r"[A-Za-z]{2}")
SLACK_MEMBER = re.compile(r"[UW][A-Z0-9]{2,30}")


@dataclass(frozen=True, slots=True)
class Directory:
    """What this installation can reach: the channels set up, where the team listens, and what is assumed.

    `team` gives the team's address for each channel that it listens on, `desks` those of other rooms; `time_zone` is
    the company's own, and `countries` tells in which country a time zone lies.
    """

    channels: frozenset[ChannelName]
    team: dict[ChannelName, str]
    locale: str
    time_zone: str
    desks: Mapping[Audience, Mapping[ChannelName, str]] = field(default_factory=dict)
    countries: Mapping[str, str] = field(default_factory=dict)

    def desk(self, audience: Audience) -> Mapping[ChannelName, str]:
        """Where an audience that is no person listens, by channel."""
        return self.team if audience is Audience.TEAM else self.desks.get(audience, {})


def candidates(signal: AccountSignal, play: Play, directory: Directory) -> list[Candidate]:
    """The candidates of one signal and one play: at least one, each with its own id."""
    carriers = _carriers(play, directory)
    for audience in STAND_INS.get(play.audience, (play.audience,)):
        reached = [
            (channel, address)
            for channel in carriers
            if (address := _address(signal, audience, channel, directory)) is not None
        ]
        if reached:
            chosen = reached if play.reach is Reach.EVERY else reached[:1]
            return [_candidate(signal, play, _recipient(signal, audience, a, directory), c) for c, a in chosen]
    nobody = _recipient(signal, play.audience, None, directory)
    return [_candidate(signal, play, nobody, carriers[0] if carriers else ChannelName.CONSOLE)]


def locale_of(signal: AccountSignal, audience: Audience, default: str) -> str:
    """`ja` or `en`: the recipient's own language, then the account's, then `default`."""
    own = signal.owner_locale if audience is Audience.OWNER else None
    for tag in (own, signal.locale if audience in (Audience.OWNER, Audience.CONTACT) else None, default):
        language = (tag or "").replace("_", "-").split("-", 1)[0].lower()
        if language in LOCALES:
            return language
    return LOCALES[1]


def country_of(signal: AccountSignal, audience: Audience, countries: Mapping[str, str]) -> str:
    """Whose holidays the recipient keeps: the country of their own time zone, else that of their own language tag, else
    "", which is the installation's. `countries`: time zone -> country."""
    by_zone = countries.get(_own_zone(signal, audience) or "", "")
    tag = {Audience.OWNER: signal.owner_locale, Audience.CONTACT: signal.locale}.get(audience)
    return by_zone or _country_of_tag(tag or "")


def variant_of(signal: AccountSignal, play: Play) -> str:
    """Which wording of the play an episode is told in: any in use as likely, the same one through every channel."""
    wordings = play.wordings
    return wordings[identity_of("variant", play.name, signal.key) % len(wordings)]


def _carriers(play: Play, directory: Directory) -> list[ChannelName]:
    """The channels set up that the play asks for, in its order; the webhook or the console when there is none."""
    found = list(dict.fromkeys(name for asked in play.channels for name in _set_up(asked, directory)))
    if not found:
        stand_ins = (ChannelName.WEBHOOK, ChannelName.CONSOLE)
        return [name for name in stand_ins if name in directory.channels][:1]
    return found


def _set_up(asked: PlayChannel, directory: Directory) -> Iterator[ChannelName]:
    if asked is PlayChannel.SLACK:
        preferred = [n for n in (ChannelName.SLACK, ChannelName.SLACK_WEBHOOK) if n in directory.channels]
        yield from preferred[:1]
    elif (name := ChannelName(asked.value)) in directory.channels:
        yield name


def _address(signal: AccountSignal, audience: Audience, channel: ChannelName, directory: Directory) -> str | None:
    """Where `audience` is reached through `channel`; None when it is not."""
    if channel is ChannelName.CONSOLE:
        return CONSOLE_ADDRESS
    if audience is Audience.CONTACT:
        return signal.contact_email or None if channel is ChannelName.EMAIL else None
    match channel:
        case ChannelName.SLACK_WEBHOOK:
            return WEBHOOK_ADDRESS
        case ChannelName.WEBHOOK:
            return directory.team.get(channel)
        case _:
            return (
                _owner_address(signal, channel) if audience is Audience.OWNER else directory.desk(audience).get(channel)
            )


def _owner_address(signal: AccountSignal, channel: ChannelName) -> str | None:
    by_id = SLACK_MEMBER.fullmatch(signal.owner_slack or "") if channel is ChannelName.SLACK else None
    return by_id.group() if by_id else signal.owner_email or None


def _recipient(signal: AccountSignal, audience: Audience, address: str | None, directory: Directory) -> Recipient:
    owner = signal.owner_email or signal.owner_slack or signal.owner_name
    contact = signal.contact_email or signal.contact_name
    who, name = {
        Audience.OWNER: (owner, signal.owner_name),
        Audience.CONTACT: (contact, signal.contact_name),
    }.get(audience, (audience.value, None))
    return Recipient(
        audience=audience,
        key=f"{audience}:{who or signal.account}",
        name=name,
        address=address,
        locale=locale_of(signal, audience, directory.locale),
        time_zone=_own_zone(signal, audience) or directory.time_zone,
        country=country_of(signal, audience, directory.countries),
    )


def _own_zone(signal: AccountSignal, audience: Audience) -> str | None:
    """The zone of the recipient's own day, if anybody said it."""
    return {Audience.OWNER: signal.owner_time_zone, Audience.CONTACT: signal.time_zone}.get(audience)


def _country_of_tag(tag: str) -> str:
    """The country that a language tag names (`en-GB`); Japanese is spoken in Japan."""
    language, *rest = tag.replace("_", "-").split("-")
    named = next((part.upper() for part in rest if REGION.fullmatch(part)), "")
    return named or ("JP" if language.lower() == "ja" else "")


def _candidate(signal: AccountSignal, play: Play, recipient: Recipient, channel: ChannelName) -> Candidate:
    return Candidate(
        id=outreach_id(signal.key, play.name, recipient.audience, channel),
        signal=signal,
        play=play,
        recipient=recipient,
        channel=channel,
        expires_at=signal.said_at + play.expiry_ms,
        variant=variant_of(signal, play),
    )
