"""Outreaches that carry others: a group tells of several accounts at once, a digest of what found no place that day.

A carrier is an outreach of its own, about a subject that is no account, delivered with the same promises. The id of a
digest is derived from its recipient and day, that of a group from recipient, play, channel and its first signal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from banso_alerts.domain.hours import SEARCH_DAYS_MAX, OpenHours, instant_of, local_time
from banso_alerts.domain.outreach import Candidate, OutreachState, digest_of
from banso_alerts.domain.plays import DIGEST, GROUP
from banso_alerts.domain.stages import Decision
from banso_common.contracts.account_signal import SUBJECT_PREFIX

DIGEST_SUBJECT = f"{SUBJECT_PREFIX}{DIGEST}"
GROUP_SUBJECT = f"{SUBJECT_PREFIX}{GROUP}"


def groups_of(decided: Iterable[tuple[Candidate, Decision]], group_from: int) -> list[list[Candidate]]:
    """Those that go out now and are told together: one recipient, play and channel, at least `group_from` accounts.

    A customer is never told of others. `group_from` 0 means never.
    """
    together: defaultdict[tuple[str, str, str], list[tuple[float, Candidate]]] = defaultdict(list)
    for candidate, decision in decided:
        if decision.state is OutreachState.PLANNED and not candidate.play.for_customer:
            place = (candidate.recipient.key, candidate.play.name, candidate.channel.value)
            together[place].append((decision.value or 0.0, candidate))
    found = [
        [candidate for _, candidate in sorted(each, key=lambda one: (-one[0], one[1].id))]
        for _, each in sorted(together.items())
    ]
    return [each for each in found if group_from and len({one.signal.account for one in each}) >= group_from]


def group_id(members: Iterable[Candidate]) -> str:
    """The id of a group's outreach."""
    first = min(members, key=lambda each: each.id)
    return digest_of(GROUP, first.recipient.key, first.play.name, first.channel.value, first.id)


def digest_id(recipient_key: str, day: str) -> str:
    """The id of a recipient's digest of that local day."""
    return digest_of(DIGEST, recipient_key, day)


def digest_at(now: int, minute: int, hours: OpenHours, zone: ZoneInfo) -> int | None:
    """The next instant after `now` at which the recipient, on a day on which they work, is told the rest; None when
    they do not work within a year. `minute` counts from the local midnight."""
    today, at = local_time(now, zone).date(), time(minute // 60, minute % 60)
    for ahead in range(SEARCH_DAYS_MAX + 1):
        day = today + timedelta(days=ahead)
        if hours.works(day) and (told_at := instant_of(day, at, zone)) > now:
            return told_at
    return None
