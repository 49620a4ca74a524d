"""Plays: which signals lead to an outreach, to whom, through which channels, how often and for how long.

A play matches a signal when the kind is one of its kinds, the touch model one of its touch models (no list
means any), and the severity at least its floor. Every play that matches makes candidates of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from banso_common.contracts.account_signal import AccountSignal, Severity, SignalKind, TouchModel

SEVERITY_ORDER: tuple[Severity, ...] = (Severity.INFO, Severity.WARNING, Severity.CRITICAL)


class Audience(StrEnum):
    """Who is spoken to. The customer's contact is never a default: a play has to name it."""

    OWNER = "owner"
    TEAM = "team"
    CONTACT = "contact"


class PlayChannel(StrEnum):
    """What a play may ask for; `slack` is the Web API or, without a token, the incoming webhook."""

    SLACK = "slack"
    EMAIL = "email"
    CONSOLE = "console"


class Reach(StrEnum):
    """Whether the first channel that reaches the recipient is enough, or each that does is used."""

    FIRST = "first"
    EVERY = "every"


class Template(StrEnum):
    """The messages that banso ships, in Japanese and in English; `contact-offer` alone is for a customer."""

    SILENT_STRUGGLING = "silent-struggling"
    STRUGGLING = "struggling"
    HEALTH_CRITICAL = "health-critical"
    STALLED = "stalled"
    GOAL_REACHED = "goal-reached"
    CONTACT_OFFER = "contact-offer"


@dataclass(frozen=True, slots=True)
class Play:
    """One play. `touch` empty means every touch model."""

    name: str
    kinds: frozenset[SignalKind]
    touch: frozenset[TouchModel]
    severity_floor: Severity
    audience: Audience
    channels: tuple[PlayChannel, ...]
    reach: Reach
    template: Template
    cooldown_ms: int
    expiry_ms: int
    quiet_hours: bool
    shadow: bool = False

    def matches(self, signal: AccountSignal) -> bool:
        """Whether `signal` leads to this play."""
        return (
            signal.kind in self.kinds
            and (not self.touch or signal.touch in self.touch)
            and SEVERITY_ORDER.index(signal.severity) >= SEVERITY_ORDER.index(self.severity_floor)
        )


def plays_for(plays: Iterable[Play], signal: AccountSignal) -> Sequence[Play]:
    """The plays that `signal` leads to, in the order of the file."""
    return [play for play in plays if play.matches(signal)]
