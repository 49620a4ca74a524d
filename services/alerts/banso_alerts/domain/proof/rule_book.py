"""What the stages and the messages may know of a rule: whether it is in its shadow, or demoted, and its record.

A rule is a play on a kind of signal, by its definition: what decides of whom it speaks, and what it says. A field that
says nothing is left out, so that a play keeps its record when a later banso knows more fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import StrEnum
from hashlib import blake2b

from banso_alerts.domain.plays import Play
from banso_alerts.domain.proof.precision import Track
from banso_common.contracts.account_signal import SignalKind

RuleName = tuple[str, SignalKind]
BESIDE = frozenset(
    {"name", "kinds", "shadow", "channels", "reach", "cooldown_ms", "expiry_ms", "quiet_hours"}
    | {"variants", "only_wording", "cost", "uplift_prior"}
)
"""What a play says that changes neither of whom it speaks nor what it says."""
DIGEST_BYTES = 8


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules at hand: those in their shadow, those demoted, and the records there are."""

    in_shadow: frozenset[RuleName] = frozenset()
    demoted: frozenset[RuleName] = frozenset()
    tracks: Mapping[RuleName, Track] = field(default_factory=dict)

    def track_of(self, play: str, kind: SignalKind) -> Track | None:
        """The record of a rule, if it has one."""
        return self.tracks.get((play, kind))


def definition_of(play: Play) -> str:
    """The definition of a play's rules in 16 hex digits: the same words, the same definition."""
    return blake2b(_plain(play).encode(), digest_size=DIGEST_BYTES).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, frozenset | set):
        return ",".join(sorted(_plain(each) for each in value))
    if isinstance(value, tuple | list):
        return ",".join(_plain(each) for each in value)
    if isinstance(value, Mapping):
        return ",".join(sorted(f"{_plain(key)}:{_plain(each)}" for key, each in value.items()))
    if is_dataclass(value):
        said = ((each.name, getattr(value, each.name)) for each in fields(value) if each.name not in BESIDE)
        return "\n".join(sorted(f"{name}={_plain(each)}" for name, each in said if each))
    return str(value)
