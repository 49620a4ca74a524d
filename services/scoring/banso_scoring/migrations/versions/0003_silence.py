"""What is asked of silence: every statement with both its clocks; incidents that hit several accounts.

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


def downgrade() -> None:
    for table in ("incident_account", "incident", "trouble_hits"):
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
