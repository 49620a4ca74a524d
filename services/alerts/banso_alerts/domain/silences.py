"""Silences: what people asked not to be told for a while, about whom, and until when.

A silence holds a candidate when, for every field that its matcher names, the candidate's value is one of those named.
Values are equal or they are not: there are no patterns.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from banso_alerts.domain.outreach import Candidate
from banso_common.contracts.account_signal import Severity, SignalKind, TouchModel
from banso_common.contracts.spelling import composed


class Matcher(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a silence is about: by field the values, none of which matches anything; name at least one."""

    account: tuple[str, ...] = ()
    owner: tuple[str, ...] = ()
    kind: tuple[SignalKind, ...] = ()
    play: tuple[str, ...] = ()
    touch: tuple[TouchModel, ...] = ()
    cell: tuple[str, ...] = ()
    phase: tuple[str, ...] = ()
    severity: tuple[Severity, ...] = ()

    def names_something(self) -> bool:
        """Whether any field is named; a silence over everything is refused."""
        return any(getattr(self, name) for name in self.__struct_fields__)

    def matches(self, candidate: Candidate) -> bool:
        """Whether the candidate is what this matcher speaks of."""
        signal = candidate.signal
        asked = (
            ({composed(account) for account in self.account}, composed(signal.account)),
            (self.owner, signal.owner_email),
            (self.kind, signal.kind),
            (self.play, candidate.play.name),
            (self.touch, signal.touch),
            (self.cell, signal.cell),
            (self.phase, signal.phase),
            (self.severity, signal.severity),
        )
        return all(value in named for named, value in asked if named)


matcher_decoder = msgspec.json.Decoder(Matcher)


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
