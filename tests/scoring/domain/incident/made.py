"""Houses of accounts that meet trouble, drawn from a seed, as what is held in memory and as what a lane tells."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from banso_scoring.domain.facts.fact_columns import FactColumns
from banso_scoring.domain.incident.hits import Hits, lane_hits, together
from banso_scoring.domain.incident.signature import Signature
from banso_scoring.domain.incident.signature_days import DAYS_SEEN, Met, SignatureDays
from tests.scoring.domain.builders import small_model

TODAY = 20_000
Hit = tuple[Signature, int, int, int]
"""Of which trouble, which account, how many days ago, how often."""


def facts_of(hits: Iterable[Hit]) -> FactColumns:
    """The facts of these hits: of each event, and of its signature where it says more."""
    rows = []
    for trouble, account, ago, count in hits:
        for name in dict.fromkeys([trouble.event, trouble.name]):
            rows.append((name, account, TODAY - ago, count))
    names = list(dict.fromkeys(name for name, *_ in rows))
    table = np.array([(account, day, names.index(name), count) for name, account, day, count in rows], np.int64)
    who, days, which, times = table.reshape(len(rows), 4).T
    accounts = [f"a{n}" for n in range(int(who.max(initial=-1)) + 1)]
    none = np.zeros(len(rows), np.int64)
    return FactColumns(accounts, names, who, days, days, which, times, none, none, np.empty(0, np.int64), none)


def met_of(hits: Iterable[Hit]) -> Met:
    """What is held of these hits."""
    held = SignatureDays(small_model())
    facts = facts_of(hits)
    held.add(facts, np.arange(len(facts.account_names)), TODAY)
    return held.met(TODAY)


def hits_of(hits: Iterable[Hit], accounts: int, lanes: int = 1) -> Hits:
    """What all lanes together tell of these hits, every account being there on all days."""
    met, everyone = met_of(hits), np.arange(accounts)
    settled = np.full(accounts, 1_000)
    told = [
        lane_hits(met.of(mine), settled, np.full(DAYS_SEEN, len(mine)), TODAY)
        for mine in (everyone[everyone % lanes == lane] for lane in range(lanes))
    ]
    return together(told, TODAY)


def usual(accounts: int, a_day: float, seed: int, trouble: Signature, until: int = 0) -> list[Hit]:
    """Each account meets `trouble` with this chance a day, up to `until` days ago."""
    draw = np.random.default_rng(seed)
    came = draw.random((accounts, DAYS_SEEN)) < a_day
    return [
        (trouble, int(account), DAYS_SEEN - 1 - int(day), 1)
        for account, day in zip(*np.nonzero(came), strict=True)
        if DAYS_SEEN - 1 - int(day) >= until
    ]
