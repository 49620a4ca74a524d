"""A rule as the API shows it: what it is, how often it was right, where that has brought it, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import ConfigDict
from pydantic.config import JsonDict
from sqlalchemy import Row

from banso_alerts.domain.plays import Play
from banso_alerts.domain.proof.precision import Floor, Track, TurnKind
from banso_alerts.domain.proof.rule_book import RuleName, definition_of
from banso_alerts.render.track_words import rate_of
from banso_common.clock import iso
from banso_common.contracts.account_signal import SignalKind

_TURN: JsonDict = {"what": "demoted", "at": "2026-11-20T03:00:00.000Z", "right": 1, "judged": 20, "by": None}
_RULE: JsonDict = {
    "play": "help-the-struggling",
    "kind": "struggling",
    "state": "demoted",
    "definition": "5f1e4a0c9b7d2e63",
    "since_at": "2026-09-01T00:00:00.000Z",
    "shadow_until": None,
    "right": 1,
    "judged": 20,
    "pending": 3,
    "open": 11,
    "share": 0.05,
    "lower": 0.009,
    "upper": 0.236,
    "floor": 0.3,
    "why": "This rule was right 1 of 20 times (1-24 %, 95 % interval): surely below the floor of 30 %",
    "turns": [_TURN],
}


class RuleState(StrEnum):
    """Whether a rule speaks, a closed set."""

    SPEAKING = "speaking"
    SHADOW = "shadow"
    DEMOTED = "demoted"


@dataclass(frozen=True, slots=True)
class TurnView:
    """A change of a rule's standing, with the record of then."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True, json_schema_extra={"example": _TURN})

    what: TurnKind
    at: str
    right: int
    judged: int
    by: str | None
    """The name of the API key that restored it."""


@dataclass(frozen=True, slots=True)
class RuleView:
    """A play on a kind of signal, and its record since it is defined as it is."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True, json_schema_extra={"example": _RULE})

    play: str
    kind: SignalKind
    state: RuleState
    definition: str
    since_at: str | None
    """Since when it is defined like this; null until its first signal."""
    shadow_until: str | None
    right: int
    """Of the newest verdicts, at most as many as the floor looks at."""
    judged: int
    pending: int
    """Signals whose 14 days are not over."""
    open: int
    """Signals of which nobody can say."""
    share: float | None
    lower: float
    """Wilson's interval, 95 %."""
    upper: float
    floor: float
    why: str | None
    """Why it does not speak."""
    turns: list[TurnView]


@dataclass(frozen=True, slots=True)
class RuleList:
    """Every rule of the plays in force."""

    __pydantic_config__ = ConfigDict(
        use_attribute_docstrings=True,
        json_schema_extra={"example": {"rules": [_RULE], "plays_version": "3f9c07a55d21"}},
    )

    rules: list[RuleView]
    plays_version: str
    """The version of the plays in force; it is named by their content."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored of the rules: their rows, their turns, and how many cases are pending or open."""

    rows: Sequence[Row[Any]]
    turns: Sequence[Row[Any]]
    unsettled: Mapping[tuple[RuleName, str], int]


def rule_views(plays: Iterable[Play], kept: Kept, floor: Floor, shadow_ms: int, now: int) -> list[RuleView]:
    """The rules of these plays, in their order."""
    known = {(row.play, SignalKind(row.kind)): row for row in kept.rows}
    names = [(play, (play.name, kind)) for play in plays for kind in sorted(play.kinds)]
    return [_view(play, name, known.get(name), kept, (floor, shadow_ms, now)) for play, name in names]


def _view(play: Play, name: RuleName, row: Row[Any] | None, kept: Kept, given: tuple[Floor, int, int]) -> RuleView:
    floor, shadow_ms, now = given
    definition = definition_of(play)
    if row is not None and row.definition != definition:
        row = None  # it was changed, and has not spoken since
    track = Track() if row is None else Track(row.right_count, row.judged_count)
    turns = [turn for turn in kept.turns if row is not None and (turn.play, turn.kind) == (row.play, row.kind)]
    lower, upper = track.bounds
    until = row.since_at + shadow_ms if row is not None and play.shadow else None
    in_shadow = play.shadow and (until is None or now < until)
    state = RuleState.SHADOW if in_shadow else RuleState.DEMOTED if row and row.demoted else RuleState.SPEAKING
    return RuleView(
        play=play.name,
        kind=name[1],
        state=state,
        definition=definition,
        since_at=None if row is None else iso(row.since_at),
        shadow_until=None if until is None else iso(until),
        right=track.right,
        judged=track.judged,
        pending=kept.unsettled.get((name, "pending"), 0) if row is not None else 0,
        open=kept.unsettled.get((name, "open"), 0) if row is not None else 0,
        share=track.share,
        lower=lower,
        upper=upper,
        floor=floor.share,
        why=_why(state, turns, floor),
        turns=[_turn(turn) for turn in turns],
    )


def _why(state: RuleState, turns: Sequence[Row[Any]], floor: Floor) -> str | None:
    if state is RuleState.SHADOW:
        return "It is new or was changed: it is judged before it speaks"
    fallen = [turn for turn in turns if turn.what == TurnKind.DEMOTED]
    if state is not RuleState.DEMOTED or not fallen:
        return None
    rate = rate_of(Track(fallen[-1].right_count, fallen[-1].judged_count), "en")
    return f"{rate}: surely below the floor of {round(floor.share * 100)} %"


def _turn(row: Row[Any]) -> TurnView:
    return TurnView(TurnKind(row.what), iso(row.at), row.right_count, row.judged_count, row.who)
