"""What is asked of silence: every statement with both its clocks.

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


def downgrade() -> None:
    op.drop_table("statement_day")
    with op.batch_alter_table("journal") as journal:
        journal.drop_column("statements")
