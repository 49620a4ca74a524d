"""The troubles that accounts went through in the database. Every function takes an open transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.db.rows import Columns, upsert
from banso_scoring import store
from banso_scoring import tables as t
from banso_scoring.domain.struggle.course import Stage
from banso_scoring.domain.struggle.course_history import DAYS_OF, Episode, Outcome


async def put(tx: AsyncConnection, version: str, episodes: Sequence[tuple[str, Episode]]) -> None:
    """Keep episodes that a version of the model found, each with its account; the newest word of one counts."""
    newest = {(account, one.opened_day): one for account, one in episodes}
    if not newest:
        return
    rows: Columns = {
        "model_version": [version] * len(newest),
        "account": [account for account, _ in newest],
        **{name: [getattr(one, name) for one in newest.values()] for name in DAYS_OF},
        "stage": [str(one.stage) for one in newest.values()],
        "silent": [str(one.silent) for one in newest.values()],
        "carried": [one.carried for one in newest.values()],
        "outcome": [str(one.outcome) for one in newest.values()],
    }
    await upsert(tx, t.trouble_episode, rows)


async def replace(tx: AsyncConnection, version: str, histories: Mapping[str, Sequence[Episode]]) -> None:
    """Let these accounts have had these troubles under a version of the model, and no others."""
    names = sorted(histories)
    await store.forget(tx, t.trouble_episode, version, names)
    await put(tx, version, [(name, one) for name in names for one in histories[name]])


async def of_accounts(tx: AsyncConnection, version: str, names: Sequence[str]) -> dict[str, list[Episode]]:
    """The troubles of each of `names` (at most store.NAMES_AT_ONCE) up to the last close, oldest first."""
    found: dict[str, list[Episode]] = {name: [] for name in names}
    mine = (t.trouble_episode.c.model_version == version) & t.trouble_episode.c.account.in_(names)
    for row in await tx.execute(select(t.trouble_episode).where(mine).order_by(t.trouble_episode.c.opened_day)):
        found[row.account].append(_episode(row))
    return found


def _episode(row: Row[Any]) -> Episode:
    return Episode(
        opened_day=row.opened_day,
        since_day=row.since_day,
        contacted_day=row.contacted_day,
        answered_day=row.answered_day,
        resolved_day=row.resolved_day,
        closed_day=row.closed_day,
        stage=Stage(row.stage),
        silent=Stage(row.silent),
        carried=row.carried,
        outcome=Outcome(row.outcome),
    )
