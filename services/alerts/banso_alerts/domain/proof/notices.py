"""Whom to tell, once, that a rule has demoted itself, or that a play that fades has a better wording: the team, where
it listens first.

A notice is about no signal. It is kept as an outreach about the subject `banso:rule/…`, so that it is delivered with
the same promises; its id is derived from the rule, its definition and the number of the turn, or from the play and the
wording that is proposed.
"""

from __future__ import annotations

from dataclasses import dataclass

from banso_alerts.domain.outreach import ChannelName, outreach_id
from banso_alerts.domain.plays import OWN, Audience, Play
from banso_alerts.domain.proof.precision import Standing, Turn, TurnKind
from banso_alerts.domain.proof.rotation import Proposal
from banso_alerts.domain.proof.rule_book import RuleName
from banso_alerts.domain.recipients import CONSOLE_ADDRESS, WEBHOOK_ADDRESS, Directory
from banso_common.clock import DAY_MS
from banso_common.contracts.account_signal import SUBJECT_PREFIX

FRESH_DAYS = 7
"""A turn that is older is history: it is shown, and not told."""
DOORS: tuple[ChannelName, ...] = tuple(ChannelName)


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice to be told: of which rule, the how manyth, through which channel."""

    id: str
    subject: str
    rule: RuleName
    number: int
    channel: ChannelName
    address: str


def notice_of(rule: RuleName, definition: str, found: Standing, directory: Directory, now: int) -> Notice | None:
    """The notice of the rule's last demotion, if it still stands, is news, and the team can be told."""
    demotions, door = demotions_of(found), _door(directory)
    if not found.demoted or not demotions or door is None or demotions[-1].at <= now - FRESH_DAYS * DAY_MS:
        return None
    play, kind = rule
    subject = f"{SUBJECT_PREFIX}rule/{play}/{kind}"
    told = f"{subject}/{definition}/{len(demotions)}"
    channel, address = door
    identity = outreach_id(told, play, Audience.TEAM, channel)
    return Notice(identity, subject, rule, len(demotions), channel, address)


def demotions_of(found: Standing) -> list[Turn]:
    """Every time that the rule demoted itself, in order."""
    return [turn for turn in found.turns if turn.kind is TurnKind.DEMOTED]


def wording_notice(play: Play, proposal: Proposal, directory: Directory) -> Notice | None:
    """The notice that this wording of the play is proposed: once for each, if the team can be told."""
    door = _door(directory)
    if door is None:
        return None
    channel, address = door
    subject = f"{SUBJECT_PREFIX}rule/{play.name}/wording/{proposal.variant or OWN}"
    identity = outreach_id(subject, play.name, Audience.TEAM, channel)
    return Notice(identity, subject, (play.name, min(play.kinds)), 1, channel, address)


def _door(directory: Directory) -> tuple[ChannelName, str] | None:
    fixed = {ChannelName.SLACK_WEBHOOK: WEBHOOK_ADDRESS, ChannelName.CONSOLE: CONSOLE_ADDRESS}
    for channel in DOORS:
        address = fixed.get(channel) or directory.team.get(channel)
        if channel in directory.channels and address:
            return channel, address
    return None
