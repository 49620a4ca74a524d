"""Who the accounts of a world are, and what is true of them on each day.

Trouble comes in episodes: one or more ways to fail grow worse by a factor within a few days, and stay so for weeks.
After it a silent account is more likely to leave than one that wrote, as in Goodman's studies of complaints.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso_standalone.world.spec import FRICTION, State, WorldSpec

EPISODE_DAYS = (28, 71)
"""How long trouble lasts: at least, and less than."""
CALM_FROM_DAY = 56
"""No trouble begins before: there is a past to be compared with."""
REST_DAYS = 28
"""No account has two troubles nearer to each other."""
WORSE = (2.0, 4.5)
"""By which factor friction grows in trouble."""
RAMP_DAYS = 5
"""Trouble grows to that over so many days."""
HIT_SHARE = 0.5
"""How probably trouble is in each kind of friction; one of all but the last is always hit."""
CHRONIC_WORSE = (3.0, 6.0)
LEAVES = {State.SILENT: 0.35, State.VOCAL: 0.08}
"""How probably the contract ends with an episode."""
DECLINE_HALVES = (30.0, 60.0)
"""Days in which a declining account's use halves."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
STATES = tuple(State)


@dataclass(frozen=True, slots=True)
class Episode:
    """Trouble of one account, from the day `begin` to before the day `end`."""

    account: int
    state: State
    begin: int
    end: int
    worse: tuple[float, ...]
    """By which factor each kind of friction grows."""
    leaves: bool


@dataclass(frozen=True, slots=True)
class Truth:
    """The accounts of a world by number."""

    nature: tuple[State, ...]
    """What each is when it is not in trouble."""
    seats: Ints
    pace: Floats
    """(n,): events a seat and working day."""
    friction: Floats
    """(kinds, n): friction per attempt, outside trouble."""
    talk: Floats
    """(n,): how much more than the usual account it writes."""
    declines_from: Ints
    """(n,): a day beyond the world's end for whoever does not decline."""
    halves: Floats
    """(n,): days in which a declining account's use halves."""
    japanese: NDArray[np.bool_]
    episodes: tuple[Episode, ...]

    @property
    def n(self) -> int:
        """How many accounts there are."""
        return len(self.nature)

    def states(self, day: int) -> NDArray[np.str_]:
        """(n,): the state of each account on `day`."""
        found = np.array([str(state) for state in self.nature])
        decline = self.declines_from > day
        found[(found == State.DECLINING) & decline] = State.FINE
        for one in self.episodes:
            if one.begin <= day < one.end:
                found[one.account] = one.state
            elif one.leaves and day >= one.end:
                found[one.account] = State.GONE
        return found

    def worse(self, day: int) -> Floats:
        """(kinds, n): by which factor friction is worse on `day`; it grows over the first days."""
        factors = np.ones((len(FRICTION), self.n))
        for one in self.episodes:
            if one.begin <= day < one.end:
                part = min(1.0, (day - one.begin + 1) / RAMP_DAYS)
                factors[:, one.account] = 1.0 + part * (np.array(one.worse) - 1.0)
        return factors


def truth_of(spec: WorldSpec) -> Truth:
    """The truth of a world."""
    random = np.random.default_rng([spec.seed, 0])
    n = spec.accounts
    kinds = (State.QUIET, State.DECLINING, State.CHRONIC, State.LAZY)
    shares = [spec.quiet, spec.declining, spec.chronic, spec.lazy]
    nature = random.choice([*kinds, State.FINE], n, p=[*shares, 1.0 - sum(shares)])
    lazy, chronic = nature == State.LAZY, nature == State.CHRONIC
    pace = spec.use * random.lognormal(0.0, 0.6, n) * np.where(lazy, 0.15, 1.0)
    usual = np.array([kind.rate for kind in FRICTION])[:, None]
    friction = usual * random.gamma(3.0, 1 / 3.0, (len(FRICTION), n))
    friction[:2] *= np.where(chronic, random.uniform(*CHRONIC_WORSE, n), 1.0)
    begin = random.integers(CALM_FROM_DAY, max(spec.days - 28, CALM_FROM_DAY + 1), n)
    return Truth(
        nature=tuple(State(kind) for kind in nature),
        seats=np.maximum(2, np.rint(spec.seats * random.lognormal(0.0, 0.8, n))).astype(np.int64),
        pace=pace,
        friction=np.minimum(friction, 0.8),
        talk=random.gamma(3.0, 1 / 3.0, n) * np.where(nature == State.QUIET, 0.1, 1.0),
        declines_from=np.where(nature == State.DECLINING, begin, spec.days + 1),
        halves=random.uniform(*DECLINE_HALVES, n),
        japanese=random.random(n) < spec.japanese,
        episodes=_episodes(spec, random, np.flatnonzero(nature == State.FINE)),
    )


def hazard(spec: WorldSpec, able: int) -> float:
    """How probably trouble begins on a day for one of `able` accounts that can have any, so that the shares of `spec`
    hold:  share of days in trouble = trouble / (trouble + rest + 1 / hazard).
    """
    mean_days = (EPISODE_DAYS[0] + EPISODE_DAYS[1] - 1) / 2
    share = (spec.prevalence + spec.vocal) * spec.accounts / max(1, able)
    calm_days = mean_days / max(share, 1e-9) - mean_days - REST_DAYS
    return 1 / max(calm_days, 1.0) if share > 0 else 0.0


def _episodes(spec: WorldSpec, random: np.random.Generator, able: Ints) -> tuple[Episode, ...]:
    """Episodes of the accounts `able`, so many that the shares of the spec hold on a usual day, once as many end as
    begin: about an episode's length after the calm."""
    mean_days, begins = (EPISODE_DAYS[0] + EPISODE_DAYS[1] - 1) / 2, hazard(spec, len(able))
    silent_share = spec.prevalence / max(spec.prevalence + spec.vocal, 1e-9)
    found: list[Episode] = []
    for account in able.tolist():
        day = CALM_FROM_DAY - int(mean_days) + int(random.exponential(1 / begins)) if begins > 0 else spec.days
        while day < spec.days:
            state = State.SILENT if random.random() < silent_share else State.VOCAL
            hit = random.random(len(FRICTION)) < HIT_SHARE
            hit[random.integers(len(FRICTION) - 1)] = True
            worse = np.where(hit, random.uniform(*WORSE, len(FRICTION)), 1.0)
            days, leaves = int(random.integers(*EPISODE_DAYS)), bool(random.random() < LEAVES[state])
            if day >= CALM_FROM_DAY:
                end = day + days
                found.append(Episode(account, state, day, end, tuple(worse.tolist()), leaves))
                if leaves:
                    break
            day += days + REST_DAYS + int(random.exponential(1 / begins))
    return tuple(found)
