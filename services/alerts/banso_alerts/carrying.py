"""What is told together: groups of accounts at once, and the digest of the day; both as outreaches of their own.

Called in the transaction of the decisions: a candidate and what carries it are stored together, or neither is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts.domain.carriers import DIGEST_SUBJECT, GROUP_SUBJECT, digest_at, digest_id, group_id, groups_of
from banso_alerts.domain.hours import local_day
from banso_alerts.domain.outreach import Candidate, OutreachState, Reason
from banso_alerts.domain.planning import Policy
from banso_alerts.domain.plays import DIGEST, GROUP
from banso_alerts.domain.stages import Decision
from banso_alerts.outcomes import say
from banso_alerts.render.digest import Item, compose_digest
from banso_alerts.render.group import compose_group
from banso_alerts.render.message import Message, message_decoder
from banso_alerts.store import carriers, plans
from banso_alerts.store.rows import Values, decision_values, outreach_row
from banso_common.clock import DAY_MS
from banso_common.contracts.account_signal import Severity
from banso_common.contracts.codec import decode, encode

DIGEST_EXPIRY_MS = 2 * DAY_MS
DAYS_AHEAD_MAX = 7

Decided = Sequence[tuple[Candidate, Decision]]
LaneOf = Callable[[Candidate], int]


class Carrying:
    """How candidates are told together."""

    def __init__(self, policy: Policy, public_url: str | None, lane_of: LaneOf) -> None:
        self._policy, self._public_url, self._lane_of = policy, public_url, lane_of

    async def carry(self, tx: AsyncConnection, decided: Decided, now: int) -> dict[str, Values]:
        """Open the groups and digests that these decisions ask for; gives what they change of each outreach."""
        changes: dict[str, Values] = {}
        opened: list[Values] = []
        for members in groups_of(decided, self._policy.rules.storm.group_from):
            identity = group_id(members)
            opened.append(self._group(identity, members, now))
            told = {"state": OutreachState.GROUPED.value, "next_at": None, "told_in": identity}
            changes |= {member.id: dict(told) for member in members}
        await carriers.open_carriers(tx, opened)
        for candidate, decision in decided:
            if decision.digest and not candidate.play.for_customer:
                joined = await self._join(tx, candidate, decision, now)
                changes |= {} if joined is None else {candidate.id: {"told_in": joined}}
        return changes

    async def digests(self, tx: AsyncConnection, now: int, most: int) -> int:
        """Write the digests whose time has come and let them go out; gives their number."""
        due = await carriers.due_digests(tx, now, most)
        if not due:
            return 0
        items = await carriers.still_news(tx, await carriers.told_in(tx, [row.id for row in due]))
        said = []
        for row in due:
            ours = [
                Item(
                    title=decode(message_decoder, bytes(each.message)).title,
                    severity=Severity(each.severity),
                    value=each.value or 0.0,
                    reason=Reason(each.reason),
                )
                for each in items
                if each.told_in == row.id
            ]
            values: Values = plans.ended_values(OutreachState.HELD, Reason.CLOSED, now)
            if ours:
                message = compose_digest(row.id, row.locale, ours, self._public_url)
                values = {
                    "state": OutreachState.PLANNED.value,
                    "reason": None,
                    "stage": None,
                    "next_at": now,
                    "planned_at": now,
                    "planned_on": local_day(now, self._policy.zone(row.time_zone)),
                    "severity": message.severity.value,
                    "message": encode(message),
                    "changed_at": now,
                }
            await plans.decide_again(tx, [(row.id, values)])
            said.append({**row._mapping, **values})
        await say(tx, said, now)
        return len(due)

    def _group(self, identity: str, members: Sequence[Candidate], now: int) -> Values:
        message = compose_group(identity, members, self._public_url)
        decision = Decision(OutreachState.PLANNED, now)
        about = {"play": GROUP, "account": GROUP_SUBJECT, "signal_key": f"{GROUP_SUBJECT}/{identity}"}
        expires_at = max(member.expires_at for member in members)
        return self._row(members[0], message, decision, now) | about | {"expires_at": expires_at}

    async def _join(self, tx: AsyncConnection, candidate: Candidate, decision: Decision, now: int) -> str | None:
        """The id of the recipient's next digest that is not told yet; None when there are no digests."""
        room, recipient = self._policy.rules.room, candidate.recipient
        if room.digest_minute is None:
            return None
        hours, zone = self._policy.rules.hours.of(recipient.country), self._policy.zone(recipient.time_zone)
        after = now
        for _ in range(DAYS_AHEAD_MAX):
            told_at = digest_at(after, room.digest_minute, hours, zone)
            if told_at is None:
                return None
            identity = digest_id(recipient.key, local_day(told_at, zone))
            states = await carriers.open_carriers(tx, [self._digest(identity, candidate, decision, (now, told_at))])
            if states[identity] is OutreachState.WAITING:
                return identity
            after = told_at
        return None

    def _digest(self, identity: str, candidate: Candidate, decision: Decision, times: tuple[int, int]) -> Values:
        """The row of a digest that `candidate` is the first of; its message is written when its time has come."""
        now, told_at = times
        first = Item("", candidate.signal.severity, decision.value or 0.0, decision.reason or Reason.DIGEST)
        message = compose_digest(identity, candidate.recipient.locale, [first], self._public_url)
        waits = Decision(OutreachState.WAITING, told_at, Reason.DIGEST, DIGEST)
        about = {"play": DIGEST, "account": DIGEST_SUBJECT, "signal_key": f"{DIGEST_SUBJECT}/{identity}"}
        return self._row(candidate, message, waits, now) | about | {"expires_at": told_at + DIGEST_EXPIRY_MS}

    def _row(self, of: Candidate, message: Message, decision: Decision, now: int) -> Values:
        """A carrier's row: to the recipient of `of`, through their channel, about no account."""
        return {
            **outreach_row(of, message, self._lane_of(of), now),
            **decision_values(of, decision, self._policy, now),
            "id": message.outreach_id,
            "account_name": "",
            "owner": None,
            "episode": 0,
            "severity": message.severity.value,
            "variant": None,
            "value": None,
            "cost_hours": None,
            "remind_at": None,
        }
