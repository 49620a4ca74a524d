"""What nobody can beat: the probability of each state given all that was done, by one who knows how the world is made.

It knows every account's own rates, how much each writes, how often trouble begins, how long it lasts and how large it
is; only the states are hidden. An exact filter over the day on which trouble began (a hidden semi-Markov chain):

    w_b(t) = w_b(t-1)·P(lasts on)·P(friction, contacts of day t | began on b) / P(the same | fine)

Friction is mixed over its size, from WORSE in SIZES steps, and over which kinds are hit. A figure that this does not
reach, no statistic reaches: the rest is chance.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from banso_standalone.world.days import CONTACTS_A_SEAT_DAY, INCIDENT_KIND, SILENT_SHARE, World
from banso_standalone.world.spec import DAYS_A_WEEK, FRICTION, State
from banso_standalone.world.truth import CALM_FROM_DAY, EPISODE_DAYS, HIT_SHARE, LEAVES, RAMP_DAYS, WORSE, hazard

SIZES = 3
AGES = EPISODE_DAYS[1] - 1
EVIDENCE_MAX = 60.0
LEAST = 1e-300

Floats = NDArray[np.float64]


class Filter:
    """The weights of all days on which trouble may have begun, slot b modulo AGES, for each account."""

    def __init__(self, world: World) -> None:
        self.world, truth = world, world.truth
        lengths = np.arange(*EPISODE_DAYS)
        self._lasts = np.array([(lengths > age).mean() for age in range(AGES + 1)])
        low, high = WORSE
        self._sizes = low + (high - low) * (np.arange(SIZES) + 0.5) / SIZES
        self._begins = hazard(world.spec, sum(one is State.FINE for one in truth.nature))
        self._able = np.array([one is State.FINE for one in truth.nature])
        self._friction = np.zeros((AGES, len(FRICTION), SIZES, truth.n), np.float32)
        self._contacts = np.zeros((AGES, truth.n))
        self._worse = np.zeros((AGES, truth.n))
        self._weight = np.full((AGES, truth.n), np.log(LEAST))
        self._fine = np.zeros(truth.n)

    def day(self, number: int) -> Floats:
        """(n,): log-odds of silent after the day `number`; days are asked for one after the other."""
        age = (number - np.arange(AGES)) % AGES
        if number:
            self._move_on(number, age)
        self._see(number, age)
        self._worse = self._mixed()
        vocal = np.log(0.5) + _log_sum(self._weight + self._worse)
        silent = np.log(0.5) + _log_sum(self._weight + self._worse + self._contacts)
        rest = np.logaddexp(self._fine, vocal)
        whole = np.logaddexp(rest, silent)
        self._fine -= whole
        self._weight -= whole
        return np.where(self._able, silent - rest, -EVIDENCE_MAX)

    def _move_on(self, number: int, age: NDArray[np.int64]) -> None:
        """Trouble ends, or does not, and begins; of that which ended with the contract nothing is to be found."""
        lasts = np.where(age > 0, self._lasts[age] / np.maximum(self._lasts[age - 1], LEAST), 0.0)[:, None]
        silent_odds = np.exp(np.clip(self._contacts, -EVIDENCE_MAX, EVIDENCE_MAX))
        stay = 0.5 * (1.0 - LEAVES[State.VOCAL]) + 0.5 * (1.0 - LEAVES[State.SILENT]) * silent_odds
        ended = self._weight + self._worse + np.log(np.maximum((1.0 - lasts) * stay, LEAST))
        begins = self._begins if number >= CALM_FROM_DAY else 0.0
        fresh = age == 0
        began = self._fine + np.log(max(begins, LEAST))
        self._fine = np.logaddexp(self._fine + np.log1p(-begins), _log_sum(ended))
        self._weight = np.where(fresh[:, None], began, self._weight + np.log(np.maximum(lasts, LEAST)))
        self._friction[fresh], self._contacts[fresh] = 0.0, 0.0

    def _see(self, number: int, age: NDArray[np.int64]) -> None:
        """The evidence of the day: log of likelihoods over those of fine."""
        spec, truth, done = self.world.spec, self.world.truth, self.world.day(number)
        rates = truth.friction.copy()
        if spec.incident_week is not None and number // DAYS_A_WEEK == spec.incident_week:
            rates[INCIDENT_KIND] *= spec.incident_ratio
        expected = (done.attempts * np.minimum(rates, 1.5)).astype(np.float32)[None, :, None, :]
        part = np.minimum(1.0, (age + 1) / RAMP_DAYS)
        more = (part[:, None] * (self._sizes - 1.0)).astype(np.float32)[:, None, :, None]
        self._friction += done.friction.astype(np.float32)[None, :, None, :] * np.log1p(more) - expected * more
        causes = np.array([kind.contacts for kind in FRICTION]) @ done.friction + CONTACTS_A_SEAT_DAY * truth.seats
        mean = truth.talk * causes
        self._contacts += done.contacts * np.log(SILENT_SHARE) + (1.0 - SILENT_SHARE) * mean

    def _mixed(self) -> Floats:
        """(AGES, n): friction's evidence, mixed over sizes and over which kinds are hit; one of all but the last is."""
        hit = np.exp(np.clip(self._friction, -EVIDENCE_MAX, EVIDENCE_MAX)).mean(axis=2, dtype=np.float64)
        maybe = 1.0 - HIT_SHARE + HIT_SHARE * hit
        whole = maybe.prod(axis=1)
        sure = len(FRICTION) - 1
        mixed = sum(hit[:, kind] * whole / maybe[:, kind] for kind in range(sure)) / sure
        return np.log(np.maximum(np.asarray(mixed, np.float64), LEAST))


def knows(world: World) -> Floats:
    """(days, n): log-odds of silent and struggling of each account after each day, as all of the past tells it."""
    state = Filter(world)
    return np.stack([state.day(number) for number in range(world.days)])


def _log_sum(rows: Floats) -> Floats:
    """(n,): ln of the sum over rows of exp."""
    most = rows.max(axis=0)
    return np.asarray(most + np.log(np.exp(rows - most).sum(axis=0)))
