"""The course of an account's trouble, and its effect on health: who speaks is never worse off than who is silent.

    opened -> contacted -> answered -> resolved -> confirmed, or come again (recurred)

Trouble is measured without contact, T = `trouble_alone` (see silence), so that nothing an account writes opens or
closes it: it opens where T reaches the threshold of `struggling`, with enough data, and is over below the lower one.
A contact counts from `lead_days` before the opening until `confirm_days` after the end; an answer and a resolution
count from the contact on. Who spoke and whose trouble ends is resolved by that. From a resolution on only friction
since then counts: where that alone is trouble, the trouble came again, as it did when T opens within `confirm_days`.

    stage     unspoken | contact-unknown, contacted, answered, recurred | resolved, confirmed
    base b    unspoken | open                                           | 1 if within `fast_days`, else slowly
    over on   e = the day of the resolution or of the end, whichever came first
    factor    1 - (1 - min(b, carried))·(1 - min(1, (today - e) / memory_days));   without an e: min(b, carried)

`carried` is the factor on the day on which the trouble opened: what is past is not made good by new trouble. All terms
rise with what was said and done, at each day: turning silence into complaint and resolution never lowers the factor.
Source: Goodman's first law (complainers who are satisfied stay more often than who never complains).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from banso_common.contracts.account_signal import SignalKind
from banso_scoring.domain.facts.panel import Bools, Floats, Panel
from banso_scoring.domain.standing import (
    ANSWERED,
    CLOSED,
    CONTACTED,
    KIND_ROWS,
    NO_DAY,
    OPENED,
    RESOLVED,
    SINCE,
    Standing,
)
from banso_scoring.domain.struggle.course_facts import Facts
from banso_scoring.domain.struggle.silence import LOG_NEUTRAL, Struggle
from banso_scoring.domain.struggle.usual import Cohort
from banso_scoring.domain.success_model import SignalRule, SuccessModel

Days = NDArray[np.int32]
Codes = NDArray[np.int8]


class Stage(StrEnum):
    """Where an account's trouble stands."""

    NONE = "none"
    UNSPOKEN = "unspoken"
    CONTACT_UNKNOWN = "contact-unknown"
    CONTACTED = "contacted"
    ANSWERED = "answered"
    RECURRED = "recurred"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"


STAGES: tuple[Stage, ...] = tuple(Stage)
"""Stage code -> stage; a code is the index here."""
CODES: dict[Stage, int] = {stage: code for code, stage in enumerate(STAGES)}


_OVER = (CODES[Stage.RESOLVED], CODES[Stage.CONFIRMED])
SILENT_CODES = (CODES[Stage.UNSPOKEN], CODES[Stage.CONTACT_UNKNOWN])


@dataclass(frozen=True, slots=True)
class Course:
    """Where the trouble of n accounts stands; the first three are the new columns of the standing."""

    days: Days
    """(6, n): by row `OPENED`, `SINCE`, ..."""
    stage: Codes
    """(n,): index into `STAGES`."""
    carried: Floats
    """(n,)"""
    factor: Floats
    """(n,): what health is multiplied by, 0..1."""
    alone: Floats
    """(n,): T; after a resolution that of the friction since then, if that is less."""
    recurred: Bools
    """(n,): whether a trouble that had been resolved came again today."""
    left: Days
    """(n,): the day on which a trouble that went on is over because the contract is; `NO_DAY` for none."""

    @classmethod
    def none(cls, struggle: Struggle) -> Course:
        """Nobody has, or lately had, any trouble."""
        alone, n = struggle.trouble_alone.copy(), len(struggle.trouble_alone)
        days, stage = np.full((CLOSED + 1, n), NO_DAY, np.int32), np.full(n, CODES[Stage.NONE], np.int8)
        return cls(days, stage, np.ones(n), np.ones(n), alone, np.zeros(n, np.bool_), np.full(n, NO_DAY, np.int32))


def step(model: SuccessModel, panel: Panel, cohort: Cohort, previous: Standing, struggle: Struggle) -> Course:
    """The course after `panel.today`, from the standing at the close of an earlier day.

    An account whose contract is over has none: one that went on ends with it. Only accounts with trouble, now or
    lately, are looked at.
    """
    assert panel.today is not None
    found = Course.none(struggle)
    looked_at = (previous.trouble_days[OPENED] != NO_DAY) | (struggle.trouble_alone >= _rule(model).open)
    if panel.ended is not None:
        looked_at &= ~panel.ended
        found.left[:] = np.where(panel.ended & _goes_on(previous.trouble_days), panel.today, NO_DAY)
    some = np.flatnonzero(looked_at)
    if not model.trouble.enabled or not len(some):
        return found
    facts = Facts.of(model, panel, some, panel.today[some].astype(np.int32))
    made = _of_some(facts, cohort, previous.take(some), struggle)
    for name in Course.__slots__:
        getattr(found, name)[..., some] = getattr(made, name)
    return found


def factor(model: SuccessModel, days: Days, stage: Codes, carried: Floats, today: Days) -> Floats:
    """(n,): what health is multiplied by on `today`, as the head of this module says."""
    rules, resolved = model.trouble, days[RESOLVED]
    over = np.isin(stage, _OVER)
    fast = (days[CONTACTED] != NO_DAY) & (resolved - days[CONTACTED] <= rules.fast_days)
    base = np.select(
        [stage == CODES[Stage.NONE], over & fast, over, stage == CODES[Stage.UNSPOKEN]],
        [1.0, 1.0, rules.slowly, rules.unspoken],
        rules.open,
    )
    end = _earlier(resolved, days[CLOSED])
    gone = np.where(end == NO_DAY, 0.0, np.clip((today - end) / rules.memory_days, 0.0, 1.0))
    return np.asarray(1.0 - (1.0 - np.minimum(base, carried)) * (1.0 - gone))


def _of_some(facts: Facts, cohort: Cohort, before: Standing, struggle: Struggle) -> Course:
    """The course of the accounts that `facts` are of; `before` is theirs."""
    model, some, today = facts.model, facts.some, facts.today
    rule, rules = _rule(model), model.trouble
    days, total = before.trouble_days.copy(), struggle.trouble_alone[some]
    within, resolved = _goes_on(days), days[RESOLVED] != NO_DAY
    fresh = facts.trouble_since(cohort, struggle, np.where(resolved, days[RESOLVED], today).astype(np.int32))
    again = within & resolved & (fresh >= rule.open)
    begins = ~within & (total >= rule.open) & struggle.enough_data[some]
    came_back = again | (begins & resolved & (today - days[RESOLVED] <= rules.confirm_days))
    opens = again | begins
    ends = within & ~again & (total < rule.close)
    left = factor(model, days, before.trouble_stage, before.trouble_carried, today)
    since = np.where(again, today, np.maximum(today - rules.lead_days, days[CLOSED] + 1))
    days = np.where(opens, _opened(days, came_back, since, today), days).astype(np.int32)
    days[CLOSED] = np.where(ends, today, days[CLOSED])
    _spoken_of(facts, days)
    silent_end = (days[CLOSED] != NO_DAY) & ~ends & np.isin(before.trouble_stage, SILENT_CODES)
    now = CODES[Stage.UNSPOKEN if struggle.contact_known else Stage.CONTACT_UNKNOWN]
    stage = stage_of(model, days, np.where(silent_end, before.trouble_stage, now), today)
    carried = np.where(opens, left, before.trouble_carried)
    last = np.maximum(days[CLOSED], days[RESOLVED])
    past = (days[CLOSED] != NO_DAY) & (today - last >= max(rules.memory_days, rules.confirm_days))
    over = past | (days[OPENED] == NO_DAY)
    days[:, over], stage[over], carried[over] = NO_DAY, CODES[Stage.NONE], 1.0
    newly = (days[RESOLVED] != NO_DAY) & (days[RESOLVED] != before.trouble_days[RESOLVED])
    counted = np.where(newly, LOG_NEUTRAL, fresh)
    alone = np.where(np.isin(stage, _OVER), np.minimum(total, counted), total)
    nobody = np.full(len(some), NO_DAY, np.int32)
    return Course(days, stage, carried, factor(model, days, stage, carried, today), alone, came_back, nobody)


def _goes_on(days: Days) -> Bools:
    """(n,): whether a trouble has begun and not ended."""
    return np.asarray((days[OPENED] != NO_DAY) & (days[CLOSED] == NO_DAY))


def _opened(days: Days, came_back: Bools, since: Days, today: Days) -> Days:
    """(6, n): the days of a trouble that opens today; what came back had been spoken of."""
    spoken = np.select(
        [days[CONTACTED] != NO_DAY, days[ANSWERED] != NO_DAY], days[[CONTACTED, ANSWERED]], days[RESOLVED]
    )
    none = np.full_like(today, NO_DAY)
    return np.stack([today, since, np.where(came_back, spoken, NO_DAY), none, none, none])


def _spoken_of(facts: Facts, days: Days) -> None:
    """Write into `days` on which the trouble was spoken of, answered and resolved: the first of each."""
    roles, later = facts.model.roles, facts.model.trouble.confirm_days

    def first(row: int, series: int, since: Days) -> Days:
        over = days[CLOSED] != NO_DAY
        until = np.where(over, np.minimum(facts.today, np.maximum(days[CLOSED], days[CONTACTED]) + later), facts.today)
        came, known = facts.first(series, since, until.astype(np.int32)), days[row]
        better = (came != NO_DAY) & ((known == NO_DAY) | (known < days[SINCE]) | (came < known))
        return np.where(better, came, known)

    days[CONTACTED] = first(CONTACTED, roles.contact, days[SINCE])
    since = np.maximum(days[SINCE], days[CONTACTED])
    days[ANSWERED] = first(ANSWERED, roles.answered, since)
    days[RESOLVED] = first(RESOLVED, roles.resolved, since)
    spoken = np.where(days[CONTACTED] == NO_DAY, days[ANSWERED], days[CONTACTED])
    by_itself = (days[CLOSED] != NO_DAY) & (days[RESOLVED] == NO_DAY) & (spoken != NO_DAY) & (spoken <= days[CLOSED])
    days[RESOLVED] = np.where(by_itself, days[CLOSED], days[RESOLVED])


def stage_of(model: SuccessModel, days: Days, silent: Codes, today: Days) -> Codes:
    """(n,): the stage codes of accounts with trouble; `silent` is what not to have spoken of it is."""
    resolved, contacted = days[RESOLVED], days[CONTACTED]
    held = resolved != NO_DAY
    cases = (
        (held & (today - resolved >= model.trouble.confirm_days), Stage.CONFIRMED),
        (held, Stage.RESOLVED),
        (days[ANSWERED] != NO_DAY, Stage.ANSWERED),
        ((contacted != NO_DAY) & (contacted >= days[SINCE]), Stage.CONTACTED),
        (contacted != NO_DAY, Stage.RECURRED),
    )
    return np.select([case for case, _ in cases], [CODES[stage] for _, stage in cases], silent).astype(np.int8)


def _earlier(one: Days, other: Days) -> Days:
    """(n,): the earlier of two days, of which either may be `NO_DAY`."""
    return np.where(one == NO_DAY, other, np.where(other == NO_DAY, one, np.minimum(one, other)))


def _rule(model: SuccessModel) -> SignalRule:
    return model.signals[KIND_ROWS[SignalKind.STRUGGLING]]
