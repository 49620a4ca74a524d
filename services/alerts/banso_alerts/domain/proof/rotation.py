"""Which wording of a play to use next, when it fades: the best of those that were tried, and now and then another.

Each wording's effect of late is drawn to the play's own (see `belief`). A share `EXPLORE` of weeks proposes the one
that was tried least, so that no wording is given up for bad luck. The week's draw is a hash of play and week: asked
again, the same is proposed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from banso_common.clock import DAY_MS
from banso_common.contracts.codec import identity_of

EXPLORE = 0.2
WEEK_MS = 7 * DAY_MS
IDENTITIES = 2**63


class Why(StrEnum):
    """Why a wording is proposed, a closed set."""

    BEST = "best-so-far"
    TRIED_LEAST = "tried-least"


@dataclass(frozen=True, slots=True)
class Tried:
    """What a wording has shown lately: exposures told with it, its believed effect."""

    told: int
    believed: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """The wording to use next (`""` is the play's own), and why."""

    variant: str
    why: Why


def propose(play: str, tried: Mapping[str, Tried], now: int) -> Proposal | None:
    """The wording for the week of `now`; None when there is but one."""
    if len(tried) < 2:
        return None
    names = sorted(tried)
    if identity_of("rotation", play, str(now // WEEK_MS)) / IDENTITIES < EXPLORE:
        return Proposal(min(names, key=lambda name: tried[name].told), Why.TRIED_LEAST)
    return Proposal(max(names, key=lambda name: tried[name].believed), Why.BEST)
