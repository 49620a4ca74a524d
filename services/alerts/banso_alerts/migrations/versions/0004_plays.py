"""The plays that scoring told of, and under which of them each outreach was decided.

Frozen once released: a later change of a table is a migration of its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plays",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("since_at", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("version"),
    )
    op.add_column("outreach", sa.Column("plays_version", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("outreach") as outreach:
        outreach.drop_column("plays_version")
    op.drop_table("plays")
