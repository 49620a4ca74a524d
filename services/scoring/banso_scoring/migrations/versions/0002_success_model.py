"""What the success model asks of an account beside its facts: whether its contract is over.

Frozen once released: a later change of a table is a migration of its own.
"""

from collections.abc import Iterator

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("health") as health:
        health.add_column(sa.Column("renewed_day", sa.Integer(), nullable=False, server_default="-1"))
        health.add_column(sa.Column("ended_day", sa.Integer(), nullable=False, server_default="-1"))
        health.add_column(sa.Column("objectives", sa.String(length=16), nullable=False, server_default="off"))
        health.add_column(sa.Column("goal", sa.Integer(), nullable=False, server_default="0"))
        health.add_column(sa.Column("touch", sa.String(length=16), nullable=False, server_default="low"))
        health.add_column(sa.Column("cell", sa.String(length=64), nullable=False, server_default=""))
        health.add_column(sa.Column("cell_day", sa.Integer(), nullable=False, server_default="-1"))
        health.add_column(sa.Column("pattern", sa.String(length=64), nullable=False, server_default=""))
        health.add_column(sa.Column("flagged_day", sa.Integer(), nullable=False, server_default="-1"))
    op.execute("UPDATE health SET touch = account.touch FROM account WHERE account.account = health.account")
    with op.batch_alter_table("account") as account:
        account.drop_column("touch")
    op.create_table(
        "cell_move",
        sa.Column("model_version", sa.String(length=128), nullable=False),
        sa.Column("account", sa.String(length=256), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("from_cell", sa.String(length=64), nullable=False),
        sa.Column("to_cell", sa.String(length=64), nullable=False),
        sa.Column("why", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("model_version", "account", "day"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "phase_move",
        sa.Column("model_version", sa.String(length=128), nullable=False),
        sa.Column("account", sa.String(length=256), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("from_phase", sa.String(length=64), nullable=False),
        sa.Column("since_day", sa.Integer(), nullable=False),
        sa.Column("to_phase", sa.String(length=64), nullable=False),
        sa.Column("moved", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("model_version", "account", "day"),
        sqlite_with_rowid=False,
    )
    op.create_index("phase_move_day", "phase_move", ["model_version", "day"], unique=False)
    op.create_table(
        "success_plan",
        sa.Column("account", sa.String(length=256), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("plan", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("account"),
    )
    op.create_index("success_plan_lane", "success_plan", ["lane"], unique=False)
    op.create_table(
        "cohort_day",
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("model_version", sa.String(length=128), nullable=False),
        sa.Column("cohort", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", "model_version"),
    )
    _key_by_model()


def downgrade() -> None:
    _key_by_account()
    op.drop_table("cohort_day")
    op.drop_index("success_plan_lane", table_name="success_plan")
    op.drop_table("success_plan")
    op.drop_index("phase_move_day", table_name="phase_move")
    op.drop_table("phase_move")
    op.drop_table("cell_move")
    with op.batch_alter_table("account") as account:
        account.add_column(sa.Column("touch", sa.String(length=16), nullable=False, server_default="low"))
    op.execute("UPDATE account SET touch = health.touch FROM health WHERE account.account = health.account")
    with op.batch_alter_table("health") as health:
        health.drop_column("cell_day")
        health.drop_column("cell")
        health.drop_column("touch")
        health.drop_column("goal")
        health.drop_column("ended_day")
        health.drop_column("renewed_day")
        health.drop_column("objectives")
        health.drop_column("pattern")
        health.drop_column("flagged_day")


ROWS_AT_ONCE = 5_000
TOLD = slice(5, 8)
"""Where a standing holds the episodes: which are open, their numbers, the days on which they opened."""


def _key_by_model() -> None:
    """What a model makes of an account is kept under its version; what was told of it belongs to the account."""
    op.create_table(
        "closed_standing",
        sa.Column("model_version", sa.String(length=128), nullable=False),
        sa.Column("account", sa.String(length=256), nullable=False),
        sa.Column("closed", sa.LargeBinary(), nullable=False),
        sa.Column("closed_day", sa.Integer(), nullable=False),
        sa.Column("backfilled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("model_version", "account"),
    )
    op.execute(
        "INSERT INTO closed_standing (model_version, account, closed, closed_day, backfilled) "
        "SELECT '', account, closed, closed_day, backfilled FROM account"
    )
    with op.batch_alter_table("account") as account:
        account.add_column(sa.Column("told", sa.LargeBinary()))
        for name in ("closed", "closed_day", "backfilled"):
            account.drop_column(name)
    _carry_told()
    _key_health(["model_version", "account"])
    op.create_table(
        "model",
        sa.Column("version", sa.String(length=128), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("version"),
    )
    op.create_table(
        "model_switch",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("current", sa.String(length=128), nullable=False),
        sa.Column("configured", sa.String(length=128), nullable=False),
        sa.Column("switched_at", sa.BigInteger(), nullable=False),
        sa.Column("wanted", sa.String(length=128)),
        sa.Column("wanted_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("one"),
    )
    op.create_table(
        "switch_lane",
        sa.Column("lane", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("model_version", sa.String(length=128), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("accounts", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("closed_day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("lane"),
    )


def _key_health(key: list[str]) -> None:
    op.drop_index("health_changed", table_name="health")
    op.drop_index("health_score", table_name="health")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("health_pkey", "health", type_="primary")
        op.create_primary_key("health_pkey", "health", key)
    else:  # SQLite cannot change the key of a table
        old = sa.Table("health", sa.MetaData(), autoload_with=op.get_bind())
        columns = [sa.Column(c.name, c.type, nullable=c.nullable, server_default=c.server_default) for c in old.columns]
        op.rename_table("health", "health_old")
        op.create_table("health", *columns, sa.PrimaryKeyConstraint(*key))
        op.execute("INSERT INTO health SELECT * FROM health_old")
        op.drop_table("health_old")
    by = key[:-1]
    op.create_index("health_changed", "health", [*by, "changed_at", "account"], unique=False)
    op.create_index("health_score", "health", [*by, "score", "account"], unique=False)


def _carry_told() -> None:
    account = sa.table("account", sa.column("account", sa.String), sa.column("told", sa.LargeBinary))
    keep = sa.update(account).where(account.c.account == sa.bindparam("one")).values(told=sa.bindparam("what"))
    for names, standings in _health_pages():
        told = [msgspec.msgpack.encode(msgspec.msgpack.decode(raw)[TOLD]) for raw in standings]
        pairs = zip(names, told, strict=True)
        op.get_bind().execute(keep, [{"one": name, "what": what} for name, what in pairs])


def _health_pages() -> Iterator[tuple[list[str], list[bytes]]]:
    page = sa.text("SELECT account, standing FROM health WHERE account > :after ORDER BY account LIMIT :most")
    after = ""
    while rows := op.get_bind().execute(page, {"after": after, "most": ROWS_AT_ONCE}).all():
        yield [row.account for row in rows], [bytes(row.standing) for row in rows]
        after = rows[-1].account


def _key_by_account() -> None:
    """Keep what the current model made."""
    current = "(SELECT current FROM model_switch)"  # none before the first start: then there is one version only
    for name in ("health", "closed_standing", "phase_move", "cell_move"):
        op.execute(f"DELETE FROM {name} WHERE model_version <> {current}")  # noqa: S608 -- names of ours
    for name in ("switch_lane", "model_switch", "model"):
        op.drop_table(name)
    _key_health(["account"])
    with op.batch_alter_table("account") as account:
        account.add_column(sa.Column("closed", sa.LargeBinary()))
        account.add_column(sa.Column("closed_day", sa.Integer()))
        account.add_column(sa.Column("backfilled", sa.Boolean()))
    op.execute(
        "UPDATE account SET closed = s.closed, closed_day = s.closed_day, backfilled = s.backfilled "
        "FROM closed_standing AS s WHERE s.account = account.account"
    )
    op.execute("DELETE FROM account WHERE closed IS NULL")
    with op.batch_alter_table("account") as account:
        for name in ("closed", "closed_day", "backfilled"):
            account.alter_column(name, nullable=False)
        account.drop_column("told")
    op.drop_table("closed_standing")
