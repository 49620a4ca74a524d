"""What was true of each account on each day, out of the spells of a truth file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from banso_standalone.world.spec import State
from banso_standalone.world.truth_file import Spell

EPOCH = date(1970, 1, 1)
STATES = tuple(State)
CODES = {state: code for code, state in enumerate(STATES)}
TROUBLE = (State.SILENT, State.VOCAL)
FOREVER = 2**31 - 1

Codes = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Episode:
    """Trouble of the account at a place of `names`, from day `begin` to before day `end` (days since 1970-01-01)."""

    account: int
    state: State
    begin: int
    end: int
    leaves: bool


@dataclass(frozen=True, slots=True)
class Truth:
    """The truth of the accounts `names`."""

    names: Sequence[str]
    natures: Sequence[tuple[int, State, int, int]] = field(repr=False)
    episodes: Sequence[Episode] = field(repr=False)

    @classmethod
    def of(cls, spells: Iterable[Spell], names: Sequence[str]) -> Truth:
        """The truth about `names`; of any other account nothing is kept."""
        place = {name: number for number, name in enumerate(names)}
        natures, episodes = [], []
        for spell in spells:
            account = place.get(spell.account)
            if account is None:
                continue
            begin = (spell.begin - EPOCH).days
            end = FOREVER if spell.end is None else (spell.end - EPOCH).days
            if spell.state in TROUBLE:
                episodes.append(Episode(account, spell.state, begin, end, spell.leaves))
            else:
                natures.append((account, spell.state, begin, end))
        return cls(names, natures, episodes)

    def on(self, day: int) -> Codes:
        """(n,): an index into STATES for each account."""
        found = np.full(len(self.names), CODES[State.FINE], np.int8)
        for account, nature, begin, end in self.natures:
            if begin <= day < end:
                found[account] = CODES[nature]
        for one in self.episodes:
            if one.begin <= day < one.end:
                found[one.account] = CODES[one.state]
        for one in self.episodes:
            if one.leaves and day >= one.end:
                found[one.account] = CODES[State.GONE]
        return found
