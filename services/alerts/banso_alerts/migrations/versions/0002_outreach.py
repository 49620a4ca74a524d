"""What people do with outreaches, and whom no mail is sent to.

Frozen once released: a later change of a table is a migration of its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _acts()
    _suppressions()


def downgrade() -> None:
    for table in ("suppression", "revision", "verdict", "act"):
        op.drop_table(table)


def _acts() -> None:
    op.create_table(
        "act",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("outreach_id", sa.Text(), nullable=False),
        sa.Column("signal_key", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("act_signal", "act", ["signal_key", "at"], unique=False)
    op.create_table(
        "verdict",
        sa.Column("outreach_id", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("signal_key", sa.Text(), nullable=False),
        sa.Column("play", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("outreach_id", "who"),
    )
    op.create_index("verdict_signal", "verdict", ["signal_key"], unique=False)
    op.create_table(
        "revision",
        sa.Column("outreach_id", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("outreach_id"),
    )
    op.create_index("revision_due", "revision", ["next_at"], unique=False)


def _suppressions() -> None:
    op.create_table(
        "suppression",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("address"),
    )
