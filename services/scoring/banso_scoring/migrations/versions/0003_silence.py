"""What is asked of silence: every statement with both its clocks; incidents that hit several accounts; how feeds are
heard; the troubles that an account went through.

Frozen once released: a later change of a table is a migration of its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("journal") as journal:
        journal.add_column(sa.Column("statements", sa.LargeBinary()))
    op.create_table(
        "statement_day",
        sa.Column("account", sa.String(length=256), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("statements", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("account", "day"),
        sqlite_with_rowid=False,
    )
    _incidents()
    _feeds()
    _troubles()


def downgrade() -> None:
    with op.batch_alter_table("health") as health:
        health.drop_column("trouble")
    op.drop_table("trouble_episode")
    with op.batch_alter_table("health") as health:
        health.drop_column("feed_at")
        health.drop_column("feed")
    with op.batch_alter_table("account") as account:
        account.drop_column("feeds")
    op.drop_table("feed_told")
    op.drop_table("feed")
    for table in ("incident_account", "incident", "iceberg", "trouble_hits"):
        op.drop_table(table)
    op.drop_table("statement_day")
    with op.batch_alter_table("journal") as journal:
        journal.drop_column("statements")


def _incidents() -> None:
    op.create_table(
        "trouble_hits",
        sa.Column("lane", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hits", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("lane"),
    )
    op.create_table(
        "iceberg",
        sa.Column("lane", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sums", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("lane"),
    )
    op.create_table(
        "incident",
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("episode", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event", sa.String(length=512), nullable=False),
        sa.Column("watched_feature", sa.String(length=64), nullable=False),
        sa.Column("feature", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("first_day", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("usual", sa.Float(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_day", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("subject", "episode"),
    )
    op.create_index("incident_opened", "incident", ["opened_at", "subject"], unique=False)
    op.create_table(
        "incident_account",
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("episode", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account", sa.String(length=256), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("contacted", sa.Boolean(), nullable=False),
        sa.Column("mostly", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "episode", "account"),
    )


def _feeds() -> None:
    op.create_table(
        "feed",
        sa.Column("lane", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=256), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("heard_at", sa.BigInteger(), nullable=False),
        sa.Column("newest_at", sa.BigInteger(), nullable=False),
        sa.Column("hours", sa.LargeBinary(), nullable=False),
        sa.Column("beats", sa.LargeBinary(), nullable=False),
        sa.Column("tells", sa.Boolean(), nullable=False),
        sa.Column("contacts", sa.Boolean(), nullable=False),
        sa.Column("pause", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("lane", "source"),
    )
    op.create_table(
        "feed_told",
        sa.Column("source", sa.String(length=256), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("since_at", sa.BigInteger()),
        sa.Column("retired_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("source"),
    )
    with op.batch_alter_table("account") as account:
        account.add_column(sa.Column("feeds", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("health") as health:
        health.add_column(sa.Column("feed", sa.String(length=256), nullable=False, server_default=""))
        health.add_column(sa.Column("feed_at", sa.BigInteger()))


def _troubles() -> None:
    op.create_table(
        "trouble_episode",
        sa.Column("model_version", sa.String(length=128), nullable=False),
        sa.Column("account", sa.String(length=256), nullable=False),
        sa.Column("opened_day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since_day", sa.Integer(), nullable=False),
        sa.Column("contacted_day", sa.Integer(), nullable=False),
        sa.Column("answered_day", sa.Integer(), nullable=False),
        sa.Column("resolved_day", sa.Integer(), nullable=False),
        sa.Column("closed_day", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("silent", sa.String(length=32), nullable=False),
        sa.Column("carried", sa.Float(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("model_version", "account", "opened_day"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("health") as health:
        health.add_column(sa.Column("trouble", sa.String(length=32), nullable=False, server_default="none"))
