"""What another success model would change: who moves cell, band or phase, whose care changes, and the hours of it.

Both models are walked over the same last days of the same facts, from nothing, so that a difference is the models'
and not the path's; cells, bands and phases need their days to settle, and get them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from banso_common.contracts.account_activity import MICRO
from banso_common.contracts.account_signal import Band, TouchModel
from banso_scoring.domain.evaluation import evaluate
from banso_scoring.domain.facts.profile import attributes
from banso_scoring.domain.matrix.touch import TouchReason, touch_of
from banso_scoring.domain.past.past import Past
from banso_scoring.domain.standing import BANDS, Standing
from banso_scoring.domain.struggle.usual import Cohort
from banso_scoring.domain.success_model import SuccessModel

WALKED_DAYS = 42
"""Longer than the days that the shipped model asks for in a row, twice over."""
NOBODY = ""
DIGITS = 1
_DESCRIBED = {"use_attribute_docstrings": True}


@dataclass(frozen=True, slots=True)
class Side:
    """Where an account stands under one of the models."""

    __pydantic_config__ = _DESCRIBED

    cell: str
    band: Band
    phase: str
    touch: TouchModel
    touch_reason: TouchReason
    score: int | None
    hours_month: float


@dataclass(frozen=True, slots=True)
class AccountChange:
    """An account that the other model would move."""

    __pydantic_config__ = _DESCRIBED

    account: str
    name: str
    owner: str
    """Empty when nobody owns it."""
    acv: float | None
    """In units of `currency`."""
    currency: str | None
    before: Side
    after: Side


@dataclass(frozen=True, slots=True)
class Transition:
    """How many accounts go from here to there, with what they pay by currency."""

    __pydantic_config__ = _DESCRIBED

    before: str
    after: str
    accounts: int
    acv: dict[str, float]


@dataclass(frozen=True, slots=True)
class OwnerHours:
    """The hours a month of one customer-success manager's accounts; an empty owner is nobody."""

    __pydantic_config__ = _DESCRIBED

    owner: str
    accounts: int
    hours_before: float
    hours_after: float


@dataclass(frozen=True, slots=True)
class ModelDiff:
    """What would change. Nothing was applied."""

    __pydantic_config__ = _DESCRIBED

    before: str
    """The version that runs."""
    after: str
    day: str
    accounts: int
    """How many were looked at: those whose contract is not over under either model."""
    changed: int
    cells: list[Transition]
    bands: list[Transition]
    phases: list[Transition]
    touches: list[Transition]
    hours_before: float
    """A month, of all accounts."""
    hours_after: float
    capacity_before: float
    """A month, of all owners."""
    capacity_after: float
    owners: list[OwnerHours]
    """Whose hours change, the most first."""
    said: dict[str, int]
    """Of each attribute that the other model reads: of how many accounts it is known. One that was not declared
    before is not kept, so send it again once the model is applied."""
    moves: list[AccountChange]
    """The accounts that change, the dearest care first."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the accounts of a past stand at the end of a walk, by place in `past.history.names`."""

    sides: Mapping[int, Side]
    said: Mapping[str, int]
    """Of how many accounts each attribute is known that the model's expressions read."""


def outcome(past: Past, cohort: Cohort, last_day: int, tick: Callable[[], None] = lambda: None) -> Outcome:
    """Walk `past` under its model up to `last_day`; `tick` is called after each day."""
    model, standing = past.model, Standing.new(len(past))
    score, cell = np.full(len(past), np.nan), np.zeros(len(past), np.int16)
    there: list[int] = []
    for known in past.walk(last_day - WALKED_DAYS + 1, last_day):
        for some, panel in known.blocks():
            today = np.full(len(some), known.day)
            after, found = evaluate(model, cohort, panel, standing.take(some), today)
            standing.put(some, after)
            score[some], cell[some] = found.health.score, found.placement.cell
        there = known.positions.tolist()
        tick()
    sides = {}
    for place in there:
        who = attributes(past.history.profiles.get(place, {}))
        touch = touch_of(model, int(cell[place]), who.acv, who.currency)
        sides[place] = Side(
            cell=model.matrix.cells[int(cell[place])].key,
            band=BANDS[int(standing.band[place])],
            phase=model.journey[int(standing.phase[place])].key,
            touch=touch.touch,
            touch_reason=touch.reason,
            score=None if np.isnan(score[place]) else round(float(score[place])),
            hours_month=model.capacity.hours_per_account_month[touch.touch],
        )
    profiles = past.history.profiles
    said = {name: sum(name in profiles.get(place, {}) for place in there) for name in model.vocabulary.names}
    return Outcome(sides, said)


def changes(past: Past, before: Outcome, after: Outcome) -> list[tuple[AccountChange, bool]]:
    """Each account that stands under both models, and whether anything but its score differs."""
    found = []
    for place in sorted(before.sides.keys() & after.sides.keys()):
        name, who = past.history.names[place], attributes(past.history.profiles.get(place, {}))
        one, other = before.sides[place], after.sides[place]
        differs = (one.cell, one.band, one.phase, one.touch) != (other.cell, other.band, other.phase, other.touch)
        change = AccountChange(
            account=name,
            name=who.name or name,
            owner=who.owner_email or who.owner_name or NOBODY,
            acv=None if who.acv is None else who.acv / MICRO,
            currency=who.currency,
            before=one,
            after=other,
        )
        found.append((change, differs))
    return found


class Tally:
    """Adds up the changes of any number of accounts."""

    def __init__(self) -> None:
        self.accounts = 0
        self.moves: list[AccountChange] = []
        self.said: dict[str, int] = {}
        self._counts: dict[tuple[str, str, str], tuple[int, dict[str, float]]] = {}
        self._owners: dict[str, list[float]] = {}

    def add(self, found: Iterable[tuple[AccountChange, bool]], said: Mapping[str, int]) -> None:
        """Count these accounts in."""
        for name, count in said.items():
            self.said[name] = self.said.get(name, 0) + count
        for change, differs in found:
            self.accounts += 1
            load = self._owners.setdefault(change.owner, [0, 0.0, 0.0])
            load[0] += 1
            load[1] += change.before.hours_month
            load[2] += change.after.hours_month
            if differs:
                self.moves.append(change)
                self._count(change)

    def _count(self, change: AccountChange) -> None:
        for what in ("cell", "band", "phase", "touch"):
            pair = str(getattr(change.before, what)), str(getattr(change.after, what))
            if pair[0] != pair[1]:
                accounts, acv = self._counts.get((what, *pair), (0, {}))
                if change.acv is not None and change.currency is not None:
                    acv[change.currency] = acv.get(change.currency, 0.0) + change.acv
                self._counts[(what, *pair)] = (accounts + 1, acv)

    def transitions(self, what: str) -> list[Transition]:
        """The counts of one of `cell`, `band`, `phase`, `touch`, the most first."""
        some = [
            Transition(before, after, accounts, acv)
            for (which, before, after), (accounts, acv) in self._counts.items()
            if which == what
        ]
        return sorted(some, key=lambda one: (-one.accounts, one.before, one.after))

    def owners(self) -> list[OwnerHours]:
        """Everybody who owns accounts, whose hours change most first."""
        some = [
            OwnerHours(owner, int(count), round(before, DIGITS), round(after, DIGITS))
            for owner, (count, before, after) in self._owners.items()
        ]
        return sorted(some, key=lambda one: (-abs(one.hours_after - one.hours_before), one.owner))


def diff_of(tally: Tally, models: tuple[SuccessModel, SuccessModel], day: str, moves_max: int) -> ModelDiff:
    """The diff of two models, the running one first; of the moves at most `moves_max`, the dearest care first."""
    before, after = models
    owners = tally.owners()
    csms = sum(one.owner != NOBODY for one in owners)
    moves = sorted(tally.moves, key=lambda one: (-max(one.before.hours_month, one.after.hours_month), one.account))
    return ModelDiff(
        before=before.version,
        after=after.version,
        day=day,
        accounts=tally.accounts,
        changed=len(moves),
        cells=tally.transitions("cell"),
        bands=tally.transitions("band"),
        phases=tally.transitions("phase"),
        touches=tally.transitions("touch"),
        hours_before=round(sum(one.hours_before for one in owners), DIGITS),
        hours_after=round(sum(one.hours_after for one in owners), DIGITS),
        capacity_before=round(csms * before.capacity.hours_per_csm_month, DIGITS),
        capacity_after=round(csms * after.capacity.hours_per_csm_month, DIGITS),
        owners=[one for one in owners if one.hours_before != one.hours_after],
        said=tally.said,
        moves=moves[:moves_max],
    )
