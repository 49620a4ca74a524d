"""How often a rule (a play on a kind of signal) is right, and whether it may go on speaking.

The verdicts of one definition of the rule are read in the order in which they became known. From the last turn on
(or the last `window` of them) they are counted:

    told and Wilson's upper bound < floor, of at least `verdicts_min`   → demoted: it goes to the digest only
    demoted and the lower bound > floor, of at least `verdicts_min`     → recovered

One is surely below, the other surely above: between them lies the width of the interval, and a rule there stays as it
is. A person's restoring is a turn like these. The same verdicts in any order of arrival give the same standing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from banso_alerts.domain.proof.wilson import Z_95, wilson


class TurnKind(StrEnum):
    """What changed for a rule."""

    DEMOTED = "demoted"
    RECOVERED = "recovered"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Floor:
    """How often a rule has to be right: `share` in [0, 1], judged on at least `verdicts_min` of the last `window`."""

    share: float = 0.3
    verdicts_min: int = 12
    window: int = 40
    z: float = Z_95


@dataclass(frozen=True, slots=True)
class Verdict:
    """One signal's verdict, since it is known."""

    key: str
    known_at: int
    right: bool


@dataclass(frozen=True, slots=True)
class Track:
    """A rule's record: right `right` of `judged` times, and the interval of that share."""

    right: int = 0
    judged: int = 0
    z: float = Z_95

    @property
    def bounds(self) -> tuple[float, float]:
        """The lower and the upper bound of how often it is right."""
        return wilson(self.right, self.judged, self.z)

    @property
    def share(self) -> float | None:
        """How often it was right; None when nobody knows."""
        return self.right / self.judged if self.judged else None

    def below(self, floor: Floor) -> bool:
        """Surely below the floor."""
        return self.judged >= floor.verdicts_min and self.bounds[1] < floor.share

    def above(self, floor: Floor) -> bool:
        """Surely above the floor."""
        return self.judged >= floor.verdicts_min and self.bounds[0] > floor.share


@dataclass(frozen=True, slots=True)
class Turn:
    """A change of a rule's standing, with the record that made it; `by` is the person who restored it."""

    kind: TurnKind
    at: int
    track: Track = Track()
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a rule stands: whether it is demoted, its record over the window, and every turn that led here."""

    demoted: bool
    track: Track
    turns: tuple[Turn, ...]


def standing(verdicts: Iterable[Verdict], restored: Iterable[Turn], floor: Floor) -> Standing:
    """The standing that these verdicts, and the restorings by people, lead to."""
    known: list[tuple[int, int, str, Verdict | Turn]] = [(each.known_at, 0, each.key, each) for each in verdicts]
    known += [(each.at, 1, each.by or "", each) for each in restored]
    lately: list[bool] = []
    since: list[bool] = []
    turns: list[Turn] = []
    demoted = False
    for _, _, _, each in sorted(known, key=lambda entry: entry[:3]):
        if isinstance(each, Turn):
            turns.append(replace(each, track=_track(lately, floor)))
            since, demoted = [], False
            continue
        lately = [*lately[1 - floor.window :], each.right]
        since = [*since[1 - floor.window :], each.right]
        track = _track(since, floor)
        if track.above(floor) if demoted else track.below(floor):
            turns.append(Turn(TurnKind.RECOVERED if demoted else TurnKind.DEMOTED, each.known_at, track))
            since, demoted = [], not demoted
    return Standing(demoted, _track(lately, floor), tuple(turns))


def _track(rights: list[bool], floor: Floor) -> Track:
    return Track(sum(rights), len(rights), floor.z)
