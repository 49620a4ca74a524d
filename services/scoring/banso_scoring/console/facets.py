"""How many accounts, and how much money, stand in each band and phase: the numbers above the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.contracts.account_activity import MICRO
from banso_common.contracts.account_signal import Band
from banso_scoring import tables as t
from banso_scoring.api.listing import filters
from banso_scoring.api.query import ListQuery
from banso_scoring.domain.success_model import SuccessModel

OWNERS_MAX = 200


@dataclass
class Share:
    """Some of the accounts: by number and by amount, always together."""

    accounts: int = 0
    flagged: int = 0
    amounts: dict[str, int] = field(default_factory=dict)
    """Units by currency."""
    bands: dict[str, int] = field(default_factory=dict)

    def add(self, band: str, accounts: int, flagged: int, amount: tuple[str, int]) -> None:
        """Count more accounts in."""
        self.accounts += accounts
        self.flagged += flagged
        self.bands[band] = self.bands.get(band, 0) + accounts
        currency, units = amount
        if units:
            self.amounts[currency] = self.amounts.get(currency, 0) + units


@dataclass(frozen=True, slots=True)
class Facets:
    """The shares of all, of each band and of each phase, under every filter but band and phase."""

    all: Share
    by_band: dict[str, Share]
    by_phase: dict[str, Share]


async def facets(tx: AsyncConnection, model: SuccessModel, query: ListQuery) -> Facets:
    """Count what `query` lets through when it says nothing of bands and phases."""
    wide = query.model_copy(update={"band": [], "phase": []})
    a, h = t.account.c, t.health.c
    flagged = (h.signals != "").label("flagged")
    amount = func.coalesce(func.sum(a.acv // MICRO), 0).label("amount")
    columns = (h.band, h.phase, a.currency, flagged)
    counted = select(*columns, func.count().label("accounts"), amount)
    joined = counted.select_from(t.account.join(t.health, a.account == h.account)).where(*filters(model, wide))
    found = Facets(Share(), {str(band): Share() for band in Band}, {phase.key: Share() for phase in model.journey})
    for row in await tx.execute(joined.group_by(*columns)):
        number = int(row.accounts)
        for share in (found.all, found.by_band.get(row.band), found.by_phase.get(row.phase)):
            if share is not None:
                share.add(row.band, number, number if row.flagged else 0, (row.currency, int(row.amount)))
    return found


async def owners(tx: AsyncConnection) -> Sequence[str]:
    """Who owns accounts, by name; the OWNERS_MAX with the most."""
    owner = t.account.c.owner
    most = select(owner).where(owner != "").group_by(owner).order_by(func.count().desc(), owner).limit(OWNERS_MAX)
    return sorted((await tx.execute(most)).scalars())
