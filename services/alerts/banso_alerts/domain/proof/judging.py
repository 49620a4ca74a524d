"""Was a signal right? Told by a person, else by what happened to the account afterwards.

A person's newest word counts before anything else: `real` and `knew-it` are right, `not-real` is wrong. Without one,
of what happened in the `JUDGED_DAYS` after the signal was said:

- the contract ended, the account wrote, or its health became critical: right;
- else the episode closed within `PASSING_DAYS` and nobody had taken it in hand: wrong, it passed by itself;
- else, once the days are over: open. Such a signal counts neither way.

A moment (a goal reached, a contract renewed) has no end and comes true as it is said, and an incident that ends was
mended: only people judge them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from banso_alerts.domain.acts import Verdict
from banso_common.clock import DAY_MS
from banso_common.contracts.account_signal import MOMENTS, SignalKind, SignalState

JUDGED_DAYS = 14
PASSING_DAYS = 7
CONFIRMING: frozenset[SignalKind] = frozenset(
    {SignalKind.CONTRACT_ENDED, SignalKind.CONTACT_MADE, SignalKind.HEALTH_CRITICAL}
)
"""What shows, when it comes after a signal, that there was trouble."""


class Found(StrEnum):
    """What is known of a case, a closed set; `pending` may still change by itself."""

    RIGHT = "right"
    WRONG = "wrong"
    OPEN = "open"
    PENDING = "pending"


class By(StrEnum):
    """Who said so."""

    PERSON = "person"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class Happened:
    """Something said later of the same account: a signal of `kind`, `state` and `episode`."""

    kind: SignalKind
    state: SignalState
    episode: int
    at: int


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody said of it."""

    verdict: Verdict
    who: str
    at: int


@dataclass(frozen=True, slots=True)
class Case:
    """One signal that a play told of, or would have: what it said, and when somebody took it in hand."""

    signal_key: str
    play: str
    kind: SignalKind
    episode: int
    said_at: int
    taken_at: int | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is known of a case since `known_at`; `is_final` when only a person can still change it."""

    found: Found
    by: By
    known_at: int
    is_final: bool


def judge(case: Case, words: Iterable[Word], later: Iterable[Happened], now: int) -> Judgement:
    """What is known at `now`. The order of `words` and `later` does not matter."""
    over_at = case.said_at + JUDGED_DAYS * DAY_MS
    is_final = now >= over_at
    newest = max(words, key=lambda word: (word.at, word.who, word.verdict), default=None)
    if newest is not None:
        found = Found.WRONG if newest.verdict is Verdict.NOT_REAL else Found.RIGHT
        return Judgement(found, By.PERSON, newest.at, is_final)
    shown_at = _by_outcome(case, [each for each in later if case.said_at < each.at <= min(over_at, now)])
    if shown_at is not None:
        return Judgement(*shown_at, is_final)
    if is_final:
        return Judgement(Found.OPEN, By.OUTCOME, over_at, True)
    return Judgement(Found.PENDING, By.OUTCOME, case.said_at, False)


def _by_outcome(case: Case, later: list[Happened]) -> tuple[Found, By, int] | None:
    if case.kind in MOMENTS or case.kind is SignalKind.SILENT_INCIDENT:
        return None
    confirmed = [
        each.at
        for each in later
        if each.kind in CONFIRMING and each.kind is not case.kind and each.state is SignalState.OPENED
    ]
    if confirmed:
        return Found.RIGHT, By.OUTCOME, min(confirmed)
    closed = [
        each.at
        for each in later
        if (each.kind, each.episode, each.state) == (case.kind, case.episode, SignalState.CLOSED)
    ]
    passed = bool(closed) and min(closed) <= case.said_at + PASSING_DAYS * DAY_MS
    in_hand = bool(closed) and case.taken_at is not None and case.taken_at <= min(closed)
    return (Found.WRONG, By.OUTCOME, min(closed)) if passed and not in_hand else None
