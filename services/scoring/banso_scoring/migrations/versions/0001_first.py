"""The first tables of scoring.

Frozen: a later change of a table is a migration of its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("account", sa.String(length=256), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Integer(), nullable=False),
        sa.Column("profile", sa.LargeBinary(), nullable=False),
        sa.Column("closed", sa.LargeBinary(), nullable=False),
        sa.Column("closed_day", sa.Integer(), nullable=False),
        sa.Column("backfilled", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("touch", sa.String(length=16), nullable=False),
        sa.Column("acv", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=8), nullable=False),
        sa.Column("renewal_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("account"),
    )
    op.create_index("account_lane", "account", ["lane"], unique=False)
    op.create_table(
        "account_day",
        sa.Column("account", sa.String(length=256), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("account", "day"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "activity_dead_letter",
        sa.Column("lane", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("log_offset", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(length=512), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("lane", "log_offset"),
    )
    op.create_table(
        "checkpoint",
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("partition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "partition"),
    )
    op.create_table(
        "cohort_sketch",
        sa.Column("lane", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("model_version", sa.String(length=128), nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("lane", "day", "model_version"),
    )
    op.create_table(
        "health",
        sa.Column("account", sa.String(length=256), nullable=False),
        sa.Column("band", sa.String(length=16), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("coverage", sa.Float(), nullable=False),
        sa.Column("phase", sa.String(length=32), nullable=False),
        sa.Column("phase_entered_day", sa.Integer(), nullable=False),
        sa.Column("signals", sa.String(length=256), nullable=False),
        sa.Column("last_day", sa.Integer(), nullable=False),
        sa.Column("standing", sa.LargeBinary(), nullable=False),
        sa.Column("model_version", sa.String(length=128), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account"),
    )
    op.create_index("health_changed", "health", ["changed_at", "account"], unique=False)
    op.create_index("health_score", "health", ["score", "account"], unique=False)
    op.create_table(
        "health_history",
        sa.Column("account", sa.String(length=256), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("coverage", sa.Float(), nullable=False),
        sa.Column("band", sa.String(length=16), nullable=False),
        sa.Column("phase", sa.String(length=32), nullable=False),
        sa.Column("model_version", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("account", "day"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "journal",
        sa.Column("lane", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_offset", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.Column("identities", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("lane", "first_offset"),
    )
    op.create_table(
        "lane",
        sa.Column("lane", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("closed_day", sa.Integer(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("applied", sa.BigInteger(), nullable=False),
        sa.Column("duplicate", sa.BigInteger(), nullable=False),
        sa.Column("dead_lettered", sa.BigInteger(), nullable=False),
        sa.Column("late", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("lane"),
    )
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=512), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=256), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "outbox_waiting",
        "outbox",
        ["lane", "seq"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NULL"),
        sqlite_where=sa.text("sent_at IS NULL"),
    )
    if op.get_bind().dialect.name == "postgresql":
        # hashes do not shrink, and squeezing the rest of a large batch costs more than writing it
        op.execute("ALTER TABLE journal ALTER COLUMN identities SET STORAGE EXTERNAL")
        op.execute("ALTER TABLE journal ALTER COLUMN facts SET STORAGE EXTERNAL")
