"""Which events were seen before: 63-bit identities in sorted runs, merged as they grow (log-structured).

Eight bytes an event. A run is searched by bisection, and a run is never smaller than twice the next, so n
identities lie in at most log2(n) runs. Two different events share an identity with the odds that
`identity_of` states; then the second is taken for a repeat.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Identities = NDArray[np.int64]


class SeenIdentities:
    """The identities of one lane. What is added is remembered until it is forgotten."""

    def __init__(self, runs: list[Identities] | None = None) -> None:
        self._runs: list[Identities] = []
        whole = np.concatenate(runs) if runs else np.empty(0, np.int64)
        if len(whole):
            self._runs.append(np.unique(whole))

    def __len__(self) -> int:
        return sum(len(run) for run in self._runs)

    def take_new(self, identities: Identities) -> NDArray[np.bool_]:
        """Which of `identities` are seen for the first time (of equal ones in here, the first), and remember
        them. Shape as given."""
        whole = np.sort(identities)
        if not (whole[1:] == whole[:-1]).any() and self._unseen(whole).all():  # as it nearly always is
            self._add(whole)
            return np.ones(len(identities), np.bool_)
        fresh, first = np.unique(identities, return_index=True)
        unseen = self._unseen(fresh)
        mask = np.zeros(len(identities), np.bool_)
        mask[first[unseen]] = True
        self._add(fresh[unseen])
        return mask

    def _unseen(self, ascending: Identities) -> NDArray[np.bool_]:
        unseen = np.ones(len(ascending), np.bool_)
        for run in self._runs:
            at = np.searchsorted(run, ascending)
            at[at == len(run)] = 0
            unseen &= run[at] != ascending
        return unseen

    def forget(self, identities: Identities) -> None:
        """Take `identities` for new from now on."""
        kept = [run[~np.isin(run, identities)] for run in self._runs]
        self._runs = []
        for run in kept:
            self._add(run)

    def _add(self, run: Identities) -> None:
        if not len(run):
            return
        while self._runs and len(self._runs[-1]) < 2 * len(run):
            run = np.concatenate((self._runs.pop(), run))
            run.sort(kind="stable")
        self._runs.append(run)
