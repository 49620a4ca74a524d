"""What people do with an outreach: take it, judge it, put it off; and what of it counts in the end.

An act's key is derived from the deed: told again it is the same act. `standing`: the first acknowledgement, each
person's newest verdict, the newest snooze.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What somebody thinks of an outreach, a closed set."""

    REAL = "real"
    NOT_REAL = "not-real"
    KNEW_IT = "knew-it"


class Deed(StrEnum):
    """What somebody did, a closed set: a verdict is one of three."""

    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    REAL = Verdict.REAL
    NOT_REAL = Verdict.NOT_REAL
    KNEW_IT = Verdict.KNEW_IT


class Source(StrEnum):
    """How banso came to know."""

    BUTTON = "button"
    API = "api"
    PAGE = "page"


VERDICTS = frozenset(Deed(verdict.value) for verdict in Verdict)
SLACK_PREFIX = "slack:"
"""What the name of somebody begins with whom only Slack knows; the member's id follows."""


@dataclass(frozen=True, slots=True)
class Act:
    """One deed. `who` is the name of an API key, or `slack:` and a member's id; `until` is a snooze's end; `account` is
    that one of several which a verdict is about."""

    outreach_id: str
    what: Deed
    who: str
    at: int
    source: Source
    until: int | None = None
    account: str | None = None

    @property
    def key(self) -> str:
        """Its identity: a verdict is one of its moment, a snooze one of its end, an acknowledgement the only one."""
        match self.what:
            case Deed.ACKNOWLEDGED:
                return f"{self.outreach_id}/{self.what}"
            case Deed.SNOOZED:
                return f"{self.outreach_id}/{self.what}/{self.until}/{self.who}"
            case _:
                return f"{self.outreach_id}/{self.what}/{self.at}/{self.who}"


def standing(acts: Iterable[Act]) -> list[Act]:
    """The acts that count, in the order in which they were done."""
    counting: dict[tuple[str, str], Act] = {}
    for act in sorted(acts, key=lambda act: (act.at, act.key)):
        match act.what:
            case Deed.ACKNOWLEDGED:
                counting.setdefault((act.what, ""), act)
            case Deed.SNOOZED:
                counting[act.what, ""] = act
            case _:
                counting["verdict", act.who] = act
    return sorted(counting.values(), key=lambda act: (act.at, act.key))
