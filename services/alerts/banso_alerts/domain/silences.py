"""Silences: what people asked not to be told for a while, about whom, and until when.

A silence holds a candidate when every field that its matcher names is equal to the candidate's.
"""

from __future__ import annotations

from dataclasses import dataclass

from banso_alerts.domain.outreach import Candidate
from banso_common.contracts.account_signal import SignalKind, TouchModel


@dataclass(frozen=True, slots=True)
class Matcher:
    """What a silence is about. None matches anything; at least one field has to be named."""

    account: str | None = None
    owner: str | None = None
    kind: SignalKind | None = None
    play: str | None = None
    touch: TouchModel | None = None

    def names_something(self) -> bool:
        """Whether any field is named; a silence over everything is refused."""
        return any((self.account, self.owner, self.kind, self.play, self.touch))

    def matches(self, candidate: Candidate) -> bool:
        """Whether the candidate is what this matcher speaks of."""
        signal = candidate.signal
        return (
            self.account in (None, signal.account)
            and self.owner in (None, signal.owner_email)
            and self.kind in (None, signal.kind)
            and self.play in (None, candidate.play.name)
            and self.touch in (None, signal.touch)
        )


@dataclass(frozen=True, slots=True)
class Silence:
    """One silence; it holds while `created_at` ≤ now < `expires_at`."""

    id: str
    matcher: Matcher
    author: str
    comment: str
    created_at: int
    expires_at: int

    def holds(self, candidate: Candidate, now: int) -> bool:
        """Whether the candidate is silenced at `now`."""
        return self.created_at <= now < self.expires_at and self.matcher.matches(candidate)
