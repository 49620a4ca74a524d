"""Which success model counts, and the way to another: one row that says it, and one a lane that says how far it is.

    current      the version that counts: what readers read, and the only one that writers may write for
    wanted       the version that is being made in the background, if any
    configured   the version that the settings last named: a service that starts with another one wants it

A switch is the update of `current` once every lane is ready. Every function takes an open transaction; none commits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.contracts.topics import Topic
from banso_common.db.rows import Columns, upsert
from banso_common.errors import Unavailable
from banso_scoring import plays_store
from banso_scoring import tables as t
from banso_scoring.domain.success_model import SuccessModel

ONE = 1
"""The key of the only row."""
REMOVED_AT_ONCE = 2_000
_MADE: Sequence[Table] = (t.health, t.closed, t.phase_move, t.cell_move, t.trouble_episode)
"""What a model makes of accounts, kept under its version and the account."""


class Superseded(Unavailable):
    """Another model counts now; what memory holds is of the former. Load the lanes anew."""


class Unreadable(Unavailable):
    """The model that counts cannot be read by this version of banso."""

    def __init__(self, version: str) -> None:
        super().__init__(f"the store runs the model {version}, which this version of banso cannot read")


class Stage(StrEnum):
    """How far a lane is with a switch."""

    MEASURED = "measured"
    """What its accounts add to the cohort is stored."""
    READY = "ready"
    """Each of its accounts has been judged by the new model."""


@dataclass(frozen=True, slots=True)
class Switch:
    """The row; instants in ms."""

    current: str
    configured: str
    switched_at: int
    wanted: str | None
    wanted_at: int | None


@dataclass(frozen=True, slots=True)
class LaneProgress:
    """How far one lane is; `stage` is None while its accounts are measured, and for a lane that has not begun."""

    lane: int
    stage: Stage | None
    accounts: int
    done: int


async def read(tx: AsyncConnection, *, lock: bool = False) -> Switch | None:
    """The row, None before the first start; with `lock` a switch waits for the end of this transaction."""
    row = t.model_switch.c
    query = select(row.current, row.configured, row.switched_at, row.wanted, row.wanted_at)
    found = (await tx.execute(query.with_for_update(read=True) if lock else query)).first()
    return None if found is None else Switch(*found)


async def require(tx: AsyncConnection, version: str) -> None:
    """Let a writer of `version` go on; a switch then waits for it. Raises Superseded when another version counts."""
    current = (await tx.execute(select(t.model_switch.c.current).with_for_update(read=True))).scalar_one_or_none()
    if current != version:
        raise Superseded(f"the model is now {current}")


async def ensure(tx: AsyncConnection, model: SuccessModel, now: int) -> Switch:
    """The row; in a store that has none, `model` counts from the first on, also for what a version before stored."""
    found = await read(tx, lock=True)
    if found is not None:
        return found
    await keep(tx, model, now)
    row: Columns = {"one": [ONE], "current": [model.version], "configured": [model.version], "switched_at": [0]}
    await upsert(tx, t.model_switch, row, replace=False)
    found = await read(tx, lock=True)
    assert found is not None
    if found.current == model.version:
        await adopt(tx, model, "", now)
    return found


async def adopt(tx: AsyncConnection, model: SuccessModel, former: str, now: int) -> None:
    """Let `model` count at once, and call its own what `former` made, for that model cannot be read; "" is all that
    there is."""
    await keep(tx, model, now)
    await give_up(tx)
    await tx.execute(update(t.model_switch).values(current=model.version))
    await plays_store.let_count(tx, model.text, now)
    for table in _MADE:
        if former:
            await tx.execute(delete(table).where(table.c.model_version != former))
        await tx.execute(update(table).values(model_version=model.version))


async def keep(tx: AsyncConnection, model: SuccessModel, now: int) -> None:
    """Store the text of a model, of which accounts will be judged; of two that judge alike the newer."""
    row: Columns = {"version": [model.version], "text": [model.text.encode()], "stored_at": [now], "made": [True]}
    await upsert(tx, t.model, row, replace=False)
    kept = update(t.model).where(t.model.c.version == model.version)
    await tx.execute(kept.values(made=True, text=model.text.encode()))


async def text_of(tx: AsyncConnection, version: str) -> str | None:
    """The text of a model; None when it was never stored."""
    raw = (await tx.execute(select(t.model.c.text).where(t.model.c.version == version))).scalar_one_or_none()
    return None if raw is None else bytes(raw).decode()


async def configure(tx: AsyncConnection, model: SuccessModel, is_default: bool, now: int) -> None:
    """A service starts with `model`: when the settings name another one than before, it is wanted.

    A built-in model that only came with a new version of banso does not replace one that somebody switched to. Where
    only its plays were changed since, they count at once.
    """
    await _hold(tx)
    found = await ensure(tx, model, now)
    if await plays_store.in_force(tx) is None:  # a store of before plays were told
        counts = model.text if found.current == model.version else await text_of(tx, found.current)
        await plays_store.let_count(tx, counts or "", now)
    former = (await tx.execute(select(t.model_switch.c.configured_plays))).scalar_one()
    said = plays_store.said_by(model.text).version
    await tx.execute(update(t.model_switch).values(configured=model.version, configured_plays=said))
    if found.configured != model.version:
        await keep(tx, model, now)
        if not is_default or found.current == found.configured:
            await want(tx, model, now)
    elif found.current == model.version and former not in (None, said):
        await keep(tx, model, now)
        await plays_store.let_count(tx, model.text, now)


async def want(tx: AsyncConnection, model: SuccessModel, now: int) -> Switch:
    """Let `model` be made in the background and then count; the model that counts already ends a switch, and its plays
    count at once."""
    await _hold(tx)
    found = await ensure(tx, model, now)
    await keep(tx, model, now)
    if found.wanted == model.version:
        return found
    await give_up(tx)
    if found.current != model.version:
        await tx.execute(update(t.model_switch).values(wanted=model.version, wanted_at=now))
    else:
        await plays_store.let_count(tx, model.text, now)
    after = await read(tx)
    assert after is not None
    return after


async def give_up(tx: AsyncConnection) -> None:
    """Let the model that counts stay."""
    await tx.execute(update(t.model_switch).values(wanted=None, wanted_at=None))
    await tx.execute(delete(t.switch_lane))


async def progress(tx: AsyncConnection) -> list[LaneProgress]:
    """How far each lane is with the switch that is on."""
    lanes = (await tx.execute(_lanes)).all()
    return [
        LaneProgress(row.lane, Stage(row.stage) if row.stage else None, row.accounts or 0, row.done or 0)
        for row in lanes
    ]


async def begin_lanes(tx: AsyncConnection, version: str, lanes: Mapping[int, tuple[int, int]]) -> None:
    """These lanes begin (again): number of accounts, and the day through which they are closed."""
    rows: Columns = {
        "lane": list(lanes),
        "model_version": [version] * len(lanes),
        "stage": [""] * len(lanes),
        "accounts": [accounts for accounts, _ in lanes.values()],
        "done": [0] * len(lanes),
        "closed_day": [day for _, day in lanes.values()],
    }
    await upsert(tx, t.switch_lane, rows)


async def forget_lanes(tx: AsyncConnection, lanes: Sequence[int]) -> None:
    """These lanes have a new owner, who begins them again."""
    await tx.execute(delete(t.switch_lane).where(t.switch_lane.c.lane.in_(lanes)))


async def set_stage(tx: AsyncConnection, lanes: Sequence[int], stage: Stage) -> None:
    """These lanes have come so far."""
    await tx.execute(update(t.switch_lane).where(t.switch_lane.c.lane.in_(lanes)).values(stage=str(stage)))


async def set_done(tx: AsyncConnection, lane: int, done: int) -> None:
    """So many accounts of a lane are judged."""
    await tx.execute(update(t.switch_lane).where(t.switch_lane.c.lane == lane).values(done=done))


async def flip(tx: AsyncConnection, former: str, wanted: str, now: int) -> bool:
    """Let `wanted` count instead of `former`, if it is still wanted and every lane is ready for it; gives whether."""
    await _hold(tx)
    found = await read(tx)
    if found is None or (found.current, found.wanted) != (former, wanted):
        return False
    if any(lane.stage is not Stage.READY for lane in await progress(tx)):
        return False
    closed = select(t.switch_lane.c.closed_day).where(t.switch_lane.c.lane == t.lane.c.lane)
    made = t.lane.c.lane.in_(select(t.switch_lane.c.lane))
    await tx.execute(update(t.lane).where(made).values(closed_day=closed.scalar_subquery()))
    await tx.execute(update(t.model_switch).values(current=wanted, switched_at=now))
    await plays_store.let_count(tx, await text_of(tx, wanted) or "", now)
    await give_up(tx)
    return True


async def mark_backfilled(tx: AsyncConnection, version: str, names: Sequence[str]) -> None:
    """These accounts got facts of closed days: what was walked for the wanted model has to be walked again."""
    mine = (t.closed.c.model_version == version) & t.closed.c.account.in_(names)
    await tx.execute(update(t.closed).where(mine).values(backfilled=True))


async def obsolete(tx: AsyncConnection, switch: Switch) -> str | None:
    """A version that neither counts nor is wanted, and of which there may be rows still; None when there is none."""
    kept = [version for version in (switch.current, switch.wanted) if version is not None]
    others = select(t.model.c.version).where(t.model.c.made & t.model.c.version.not_in(kept)).limit(1)
    return (await tx.execute(others)).scalar_one_or_none()


async def remove_obsolete(tx: AsyncConnection) -> None:
    """Remove a step's worth of what a model made that neither counts nor is wanted."""
    switch = await read(tx, lock=True)
    version = None if switch is None else await obsolete(tx, switch)
    if version is None:
        return
    removed = 0
    for table in _MADE:
        its = table.c.model_version == version
        some = select(table.c.account).where(its).order_by(table.c.account).limit(REMOVED_AT_ONCE)
        names = [*(await tx.execute(some)).scalars()]
        if names:
            step = its & table.c.account.between(names[0], names[-1])
            removed += (await tx.execute(delete(table).where(step))).rowcount
    if not removed:
        await tx.execute(delete(t.cohort).where(t.cohort.c.model_version == version))
        await tx.execute(update(t.model).where(t.model.c.version == version).values(made=False))


async def _hold(tx: AsyncConnection) -> None:
    """Wait until every writer that holds the row is done, and let the next ones wait."""
    await tx.execute(update(t.model_switch).values(one=ONE))


_lanes = (
    select(
        t.checkpoint.c.partition.label("lane"), t.switch_lane.c.stage, t.switch_lane.c.accounts, t.switch_lane.c.done
    )
    .select_from(t.checkpoint.outerjoin(t.switch_lane, t.switch_lane.c.lane == t.checkpoint.c.partition))
    .where(t.checkpoint.c.topic == str(Topic.ACCOUNT_ACTIVITY))
    .order_by(t.checkpoint.c.partition)
)
