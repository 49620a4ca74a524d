"""A store of the first version of the tables keeps its rows: who accounts are, how they stand, what was told."""

from __future__ import annotations

from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from banso_common.clock import ManualClock
from banso_common.db.engine import connect
from banso_common.db.transaction import reading, transaction
from banso_scoring import tables as t
from banso_scoring.domain.facts import profile
from tests.conftest import START_AT
from tests.scoring.domain.builders import small_model
from tests.scoring.promises.room import member_of
from tests.scoring.promises.streams import event
from tests.stores import store_url

DAY = 20_513
STANDING = [1, "run", DAY - 9, -1, -1, [True, False, False, False, False], [2, 0, 0, 0, 1], [DAY, -1, -1, -1, DAY - 9]]


def to(revision: str, connection: Connection) -> None:
    """Bring the tables to `revision`."""
    config = Config()
    config.set_main_option("script_location", str(files("banso_scoring") / "migrations"))
    config.attributes["connection"] = connection
    config.attributes["version_table"] = "banso_scoring_version"
    (command.upgrade if revision != "0001-back" else command.downgrade)(config, revision.removesuffix("-back"))


def fill(connection: Connection) -> None:
    """One account as the first version stored it."""
    raw = msgspec.msgpack.encode(STANDING)
    account = "account, lane, first_day, profile, closed, closed_day, backfilled, name, owner, touch, acv, currency"
    values: dict[str, Any] = {"profile": profile.encode({}), "raw": raw, "day": DAY, "no": False}
    connection.execute(
        text(
            f"INSERT INTO account ({account}) "
            "VALUES ('acme', 1, :day - 30, :profile, :raw, :day, :no, 'Acme', 'mia', 'high', 5, 'EUR')"
        ),
        values,
    )
    connection.execute(
        text(
            "INSERT INTO health (account, band, score, coverage, phase, phase_entered_day, signals, last_day, "
            "standing, model_version, changed_at) VALUES ('acme', 'critical', 12.5, 0.5, 'run', :day - 9, "
            "',silent-struggling,', :day, :raw, 'before@1', 7)"
        ),
        values,
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without tables."""
    return store_url(request, tmp_path)


@pytest.mark.parametrize("back", [False, True])
async def test_rows_are_kept(database_url: str, clock: ManualClock, back: bool) -> None:
    engine = connect(database_url)
    async with transaction(engine) as tx:
        await tx.run_sync(partial(to, "0001"))
        await tx.run_sync(fill)
    for revision in ["head", "0001-back", "head"] if back else ["head"]:
        async with transaction(engine) as tx:
            await tx.run_sync(partial(to, revision))
    await engine.dispose()
    async with member_of(database_url, clock, model=small_model()) as room:
        await room.reload()
        portfolio = room.member.portfolio
        columns, at = portfolio.columns, portfolio.find("acme")
        assert at is not None and portfolio.names == ["acme"]
        kinds = 5  # more have come since
        assert columns.current.open[:kinds, at].tolist() == STANDING[5]
        assert columns.current.episode[:kinds, at].tolist() == STANDING[6]
        assert columns.current.opened_day[:kinds, at].tolist() == STANDING[7]
        assert portfolio.model.journey[int(columns.closed.phase[at])].key == "run"
        (row,) = await room.rows(t.health)
        assert (row.score, row.phase, row.signals, row.touch) == (12.5, "run", ",silent-struggling,", "high")
        assert row.model_version == room.member.model.version, "what a version before stored is the model's own"
        room.write([event(1, "acme", "act", START_AT)], lane=1)
        await room.drain()
        async with reading(room.engine) as tx:
            assert (await tx.execute(text("SELECT count(*) FROM closed_standing"))).scalar_one() == 1
