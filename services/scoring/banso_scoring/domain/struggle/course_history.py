"""The troubles that an account went through, one episode each, and how far one had come at the close of a day.

Episodes are what is true now: a look back replaces those of an account whole, as it does its moves from phase to phase.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum

import numpy as np

from banso_scoring.domain.standing import CLOSED, NO_DAY, OPENED, RESOLVED, Standing
from banso_scoring.domain.struggle.course import CODES, SILENT_CODES, STAGES, Course, Stage, stage_of
from banso_scoring.domain.success_model import SuccessModel


class Outcome(StrEnum):
    """What became of a trouble."""

    GOES_ON = "goes-on"
    UNSPOKEN = "unspoken"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"
    RECURRED = "recurred"
    LEFT = "left"
    """It went on until the contract ended."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One trouble of one account. The first six are its days, in the order of their rows; `NO_DAY` for none."""

    opened_day: int
    since_day: int
    contacted_day: int
    answered_day: int
    resolved_day: int
    closed_day: int
    stage: Stage
    """Where it stood at the newest close at which it changed."""
    silent: Stage
    """What not speaking of it is: `unspoken`, or `contact-unknown`."""
    carried: float
    outcome: Outcome


DAYS_OF = tuple(one.name for one in fields(Episode))[: CLOSED + 1]


def episodes_of(before: Standing, after: Standing, found: Course) -> list[tuple[int, Episode]]:
    """The episodes that a day changed, each with the account's place; `before` and `after` are its closes."""
    same = (before.trouble_days == after.trouble_days).all(axis=0) & (before.trouble_stage == after.trouble_stage)
    made = []
    for place in np.flatnonzero(~same & (after.trouble_days[OPENED] != NO_DAY)).tolist():
        made.append((place, episode(after, place)))
    for place in np.flatnonzero(found.recurred).tolist():
        made.append((place, episode(before, place, came_again=True)))
    for place in np.flatnonzero(found.left != NO_DAY).tolist():
        newest = episode(before, place)
        made.append((place, replace(newest, closed_day=int(found.left[place]), outcome=Outcome.LEFT)))
    return made


def episode(standing: Standing, place: int, *, came_again: bool = False) -> Episode:
    """The newest trouble of the account at `place`, which has one."""
    days = standing.trouble_days[:, place].tolist()
    code = int(standing.trouble_stage[place])
    silent = Stage.CONTACT_UNKNOWN if STAGES[code] is Stage.CONTACT_UNKNOWN else Stage.UNSPOKEN
    outcome = Outcome.RECURRED if came_again else _outcome(STAGES[code], days)
    opened, since, contacted, answered, resolved, closed = days
    carried = float(standing.trouble_carried[place])
    return Episode(opened, since, contacted, answered, resolved, closed, STAGES[code], silent, carried, outcome)


def _outcome(stage: Stage, days: Sequence[int]) -> Outcome:
    if stage is Stage.CONFIRMED:
        return Outcome.CONFIRMED
    if days[RESOLVED] != NO_DAY:
        return Outcome.RESOLVED
    return Outcome.UNSPOKEN if days[CLOSED] != NO_DAY and CODES[stage] in SILENT_CODES else Outcome.GOES_ON


def at_close(model: SuccessModel, episodes: Iterable[Episode], day: int) -> Standing:
    """The standing of one account with its trouble as it stood at the close of `day`, and nothing else."""
    standing = Standing.new(1)
    begun = [one for one in episodes if one.opened_day <= day]
    if not begun:
        return standing
    newest = max(begun, key=lambda one: one.opened_day)
    if newest.outcome is Outcome.LEFT and newest.closed_day <= day:
        return standing
    days = np.array([[getattr(newest, name)] for name in DAYS_OF], np.int32)
    days[days > day] = NO_DAY
    over = int(max(days[CLOSED, 0], days[RESOLVED, 0]))
    rules = model.trouble
    if days[CLOSED, 0] != NO_DAY and day - over >= max(rules.memory_days, rules.confirm_days):
        return standing
    silent = np.full(1, CODES[newest.silent], np.int8)
    standing.trouble_days[:] = days
    standing.trouble_stage[:] = stage_of(model, days, silent, np.full(1, day, np.int32))
    standing.trouble_carried[:] = newest.carried
    return standing
