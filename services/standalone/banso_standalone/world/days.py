"""What the accounts of a world do on each day: counts by account and event, drawn from their state.

attempts ~ Poisson(seats · pace · weekday · holiday · noise),  noise ~ Gamma(4, 1/4), now and then a burst
friction_k ~ Poisson(attempts · rate_k · worse_k)
contacts ~ Poisson(talk · (0.02 a seat-month + Σ contacts_k · friction_k)), a tenth of it when silent
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from banso_standalone.world.spec import (
    DAYS_A_WEEK,
    FRICTION,
    GOLDEN_WEEK,
    HOLIDAY_SHARE,
    WEEKDAYS,
    State,
    WorldSpec,
)
from banso_standalone.world.truth import Truth, truth_of

CONTACTS_A_SEAT_DAY = 0.02 / 30
SILENT_SHARE = 0.1
"""What a silent account still writes of what it would."""
BURST_SHARE, BURST = 0.01, 4.0
"""How often an account has a day of very much use, and how much."""
INCIDENT_KIND = 0
"""Which kind of friction everybody meets in the incident."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Day:
    """One day: counts by account."""

    number: int
    attempts: Ints
    """(n,)"""
    friction: Ints
    """(kinds, n)"""
    contacts: Ints
    """(n,)"""
    ended: Ints
    """Accounts whose contract ends on this day."""


class World:
    """All days of one spec, each drawn by itself: day d is the same whether or not the days before were asked for."""

    def __init__(self, spec: WorldSpec) -> None:
        self.spec = spec
        self.truth: Truth = truth_of(spec)

    @property
    def days(self) -> int:
        """How many days there are."""
        return self.spec.days

    @property
    def accounts(self) -> int:
        """How many accounts there are."""
        return self.spec.accounts

    def date_of(self, number: int) -> date:
        """The calendar's day."""
        return date(*self.spec.first_monday) + timedelta(number)

    def __iter__(self) -> Iterator[Day]:
        return (self.day(number) for number in range(self.days))

    def day(self, number: int) -> Day:
        """What is done on the day `number`."""
        spec, truth = self.spec, self.truth
        random = np.random.default_rng([spec.seed, 1, number])
        states = truth.states(number)
        attempts = random.poisson(self._use(number, random) * (states != State.GONE))
        rates = truth.friction * truth.worse(number)
        if spec.incident_week is not None and number // DAYS_A_WEEK == spec.incident_week:
            rates[INCIDENT_KIND] *= spec.incident_ratio
        friction = random.poisson(attempts * np.minimum(rates, 1.5))
        silent = np.where(states == State.SILENT, SILENT_SHARE, 1.0)
        causes = np.array([kind.contacts for kind in FRICTION]) @ friction
        causes = causes + CONTACTS_A_SEAT_DAY * truth.seats * (states != State.GONE)
        contacts = random.poisson(truth.talk * silent * causes)
        if spec.shuffled_contacts:
            contacts = contacts[self._like_size]
        ended = np.array([one.account for one in truth.episodes if one.leaves and one.end == number], np.int64)
        return Day(number, attempts, friction, contacts, ended)

    def _use(self, number: int, random: np.random.Generator) -> NDArray[np.float64]:
        truth, today = self.truth, self.date_of(number)
        usual = truth.seats * truth.pace * WEEKDAYS[today.weekday()]
        golden = GOLDEN_WEEK[0] <= (today.month, today.day) <= GOLDEN_WEEK[1]
        holiday = np.where(truth.japanese & golden, HOLIDAY_SHARE, 1.0)
        left = np.exp2(-np.maximum(0, number - truth.declines_from) / truth.halves)
        noise = random.gamma(4.0, 0.25, truth.n) * np.where(random.random(truth.n) < BURST_SHARE, BURST, 1.0)
        return np.asarray(usual * holiday * left * noise)

    @cached_property
    def _like_size(self) -> Ints:
        """(n,): from whom each account has its contacts: somebody among the twenty next to it in size."""
        random = np.random.default_rng([self.spec.seed, 2])
        order = np.argsort(self.truth.seats * self.truth.pace, kind="stable")
        found = np.empty(self.truth.n, np.int64)
        for begin in range(0, self.truth.n, 20):
            some = order[begin : begin + 20]
            found[some] = random.permutation(some)
        return found
