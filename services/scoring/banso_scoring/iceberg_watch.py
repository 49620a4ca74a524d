"""Keeps the iceberg up to date: every so often each member adds up the trouble of its accounts, heard and unheard.

All accounts are looked at, since those that are calm add up too. Stored by lane, under the epochs of our lanes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.clock import MINUTE_MS, SECOND_MS
from banso_common.contracts.account_activity import MICRO
from banso_common.db.rows import Columns, upsert
from banso_common.db.transaction import transaction
from banso_scoring import tables as t
from banso_scoring.assess import AT_ONCE
from banso_scoring.domain.facts.panel import DAYS
from banso_scoring.domain.matrix.matrix import cells
from banso_scoring.domain.standing import CLOSED, CONTACTED, NO_DAY, NO_VALUE, OPENED
from banso_scoring.domain.struggle import iceberg, silence
from banso_scoring.domain.struggle.by_signature import NOTHING_MET, Split, add_signatures, split
from banso_scoring.domain.struggle.iceberg import Accounts, Part
from banso_scoring.domain.struggle.usual import contact_known
from banso_scoring.member import Member
from banso_scoring.portfolio import Portfolio

LOOK_MS, EVERY_MS = 10 * SECOND_MS, 5 * MINUTE_MS

Ints = NDArray[np.int64]
Group = tuple[str, str, str, str]
"""Phase, touch model, cell, success pattern ("" for none): by these the iceberg can be asked for."""


class LaneIceberg(msgspec.Struct, array_like=True):
    """What the accounts of one lane add to the iceberg, by group."""

    model_version: str
    at: int
    parts: list[tuple[Group, Part]] = []


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(LaneIceberg)


async def lanes_of(tx: AsyncConnection, version: str) -> list[LaneIceberg]:
    """What all lanes add under a version of the model; a lane that was last added up under another is left out."""
    rows = await tx.execute(select(t.iceberg.c.sums).order_by(t.iceberg.c.lane))
    found = [_decoder.decode(bytes(raw)) for raw in rows.scalars()]
    return [one for one in found if one.model_version == version]


@dataclass
class IcebergWatch:
    """The watch of one member."""

    member: Member
    _due_at: int = 0
    _seen: tuple[Portfolio, int] | None = None
    """The accounts that were last added up, and how many they were."""
    _split: Split = NOTHING_MET
    _found: dict[int, dict[Group, Part]] = field(default_factory=dict)

    async def __call__(self, now: int) -> None:
        """Add up, if it is time or there are other accounts. Raises Fenced, Unavailable."""
        member, portfolio = self.member, self.member.portfolio
        if not member.claims or (self._seen == (portfolio, len(portfolio)) and now < self._due_at):
            return
        self._found = {lane: {} for lane in member.lanes()}
        self._split = split(portfolio.signature_days.met(member.today()), portfolio.model)
        everyone = portfolio.in_lanes(member.lanes())
        days = portfolio.today(everyone, now)
        for day in np.unique(days).tolist():
            mine = everyone[days == day]
            for begin in range(0, len(mine), AT_ONCE):
                async with member.changing():
                    if member.portfolio is not portfolio:
                        return
                    self._add(portfolio, mine[begin : begin + AT_ONCE], day, now)
                await asyncio.sleep(0)
        async with member.changing():
            if member.portfolio is not portfolio or self._found.keys() != member.claims.keys():
                return
            async with transaction(member.engine) as tx:
                claims = await member.advance(tx, {})
                await self._store(tx, portfolio.model.version, now)
            member.claims = claims
        self._seen, self._due_at = (portfolio, len(portfolio)), now + EVERY_MS

    async def _store(self, tx: AsyncConnection, version: str, now: int) -> None:
        told = [LaneIceberg(version, now, sorted(parts.items())) for parts in self._found.values()]
        rows: Columns = {"lane": list(self._found), "sums": [_encoder.encode(one) for one in told]}
        await upsert(tx, t.iceberg, rows)

    def _add(self, portfolio: Portfolio, positions: Ints, day: int, now: int) -> None:
        """Add the accounts at `positions` to what was found of their lanes."""
        portfolio.window.make_room(len(portfolio), day)
        panel = portfolio.panel(positions, day)
        if panel.ended is not None and panel.ended.any():
            lasting = np.flatnonzero(~panel.ended)
            positions, panel = positions[lasting], panel.take(lasting)
        cohort = self.member.cohort_on(day)
        known = contact_known(portfolio.model, cohort)
        struggle = silence.evaluate(portfolio.model, panel, cohort, known)
        said = [portfolio.attributes[p] for p in positions.tolist()]
        lanes = portfolio.columns.lane[positions].tolist()
        kinds = [*zip(lanes, self._groups(portfolio, positions), strict=True)]
        names = sorted(set(kinds))
        places = {name: place for place, name in enumerate(names)}
        found = Accounts(
            p=1.0 / (1.0 + np.exp(-struggle.trouble)),
            share=iceberg.shares(struggle.log_evidence),
            wrote=_wrote(portfolio, positions, day),
            known=~portfolio.is_held(positions, now) & known,
            enough=struggle.enough_data,
            amount=np.array([np.nan if a.acv is None or not a.currency else a.acv / MICRO for a in said]),
            currency=[a.currency or "" for a in said],
            group=np.array([places[kind] for kind in kinds], np.int64),
        )
        parts = iceberg.parts(found, len(names))
        add_signatures(found, parts, self._split, positions)
        for (lane, group), part in zip(names, parts, strict=True):
            before = self._found[lane].get(group)
            self._found[lane][group] = part if before is None else iceberg.add(before, part)

    @staticmethod
    def _groups(portfolio: Portfolio, positions: Ints) -> Sequence[Group]:
        model, standing = portfolio.model, portfolio.columns.current.take(positions)
        patterns = [*(pattern.key for pattern in model.patterns.any_of), ""]  # NO_VALUE is the last
        assert NO_VALUE == -1
        columns = zip(
            positions.tolist(), standing.phase.tolist(), cells(model.matrix, standing.axis_value).tolist(),
            standing.pattern.tolist(), strict=True,
        )  # fmt: skip
        return [
            (model.journey[phase].key, str(portfolio.touch(p)), model.matrix.cells[cell].key, patterns[pattern])
            for p, phase, cell, pattern in columns
        ]


def _wrote(portfolio: Portfolio, positions: Ints, day: int) -> NDArray[np.bool_]:
    """(n,): whose trouble was spoken of; of who has none that was told, who wrote so lately that it would count."""
    model, wrote = portfolio.model, np.zeros(len(positions), np.bool_)
    if model.roles.contact >= 0:
        for rows, places in portfolio.window.days_of(model.roles.contact, positions, day):
            some = np.arange(len(positions)) if places is None else places
            wrote[some] = (rows[:, DAYS - max(1, model.trouble.lead_days) :] > 0).any(axis=1)
    days = portfolio.columns.current.trouble_days[:, positions]
    running = (days[OPENED] != NO_DAY) & (days[CLOSED] == NO_DAY)
    return np.asarray(np.where(running, days[CONTACTED] != NO_DAY, wrote))
