"""Who is told and who is left alone: by lot, evenly in every stratum, for good.

A stratum is touch model × phase × band of the annual contract value (its order of magnitude, by currency). Its accounts
come in the order in which a play could first speak of one, and are taken in blocks of `BLOCK`. Block j leaves
⌊(j+1)·BLOCK·q + u⌋ − ⌊j·BLOCK·q + u⌋ of them alone, u in [0, 1) by the stratum's name: after every block the share q is
kept to within one account. Which places of the block those are is drawn by a hash of the salt, the stratum, the block
and the place, so that any account is left alone with chance q and nobody can know it before.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from math import floor

from banso_common.contracts.account_activity import MICRO
from banso_common.contracts.account_signal import AccountSignal
from banso_common.contracts.codec import identity_of

BLOCK = 10
IDENTITIES = 2**63


class Arm(StrEnum):
    """What an account is for the experiment, a closed set."""

    TOLD = "told"
    LEFT_ALONE = "left-alone"


def acv_band(acv: int | None, currency: str | None) -> str:
    """The order of magnitude of an annual contract value in micro-units: `JPY-7` is 1,000,000 to 9,999,999 yen."""
    if acv is None or acv < MICRO:
        return "none"
    return f"{currency or ''}-{len(str(acv // MICRO))}"


def stratum_of(signal: AccountSignal) -> str:
    """The stratum of the account that a signal speaks of, as it is now."""
    return "/".join((signal.touch.value, signal.phase, acv_band(signal.acv, signal.currency)))


def arm_of(salt: str, stratum: str, place: int, share: float) -> Arm:
    """The arm of the account at `place` (from 0) of a stratum, when `share` of accounts are to be left alone."""
    block, here = divmod(place, BLOCK)
    start = identity_of("arms", salt, stratum) / IDENTITIES
    wanted = floor((block + 1) * BLOCK * share + start) - floor(block * BLOCK * share + start)
    return Arm.LEFT_ALONE if _order(salt, stratum, block).index(here) < wanted else Arm.TOLD


@lru_cache(maxsize=1_024)
def _order(salt: str, stratum: str, block: int) -> tuple[int, ...]:
    """The places of a block in the order in which they are left alone; the first of them are, the others told."""
    return tuple(sorted(range(BLOCK), key=lambda spot: identity_of("arm", salt, stratum, str(block), str(spot))))
