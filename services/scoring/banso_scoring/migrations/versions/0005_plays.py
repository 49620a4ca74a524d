"""What models say for alerts, and which of it counts.

Frozen once released: a later change of a table is a migration of its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plays",
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("since_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("version"),
    )
    with op.batch_alter_table("model_switch") as switch:
        switch.add_column(sa.Column("configured_plays", sa.String(length=64)))


def downgrade() -> None:
    with op.batch_alter_table("model_switch") as switch:
        switch.drop_column("configured_plays")
    op.drop_table("plays")
