"""What the success model asks of an account beside its facts: whether its contract is over.

Frozen once released: a later change of a table is a migration of its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("account") as account:
        account.add_column(sa.Column("renewed_day", sa.Integer(), nullable=False, server_default="-1"))
        account.add_column(sa.Column("ended_day", sa.Integer(), nullable=False, server_default="-1"))
    with op.batch_alter_table("health") as health:
        health.add_column(sa.Column("goal", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "phase_move",
        sa.Column("account", sa.String(length=256), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("from_phase", sa.String(length=64), nullable=False),
        sa.Column("since_day", sa.Integer(), nullable=False),
        sa.Column("to_phase", sa.String(length=64), nullable=False),
        sa.Column("moved", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("account", "day"),
        sqlite_with_rowid=False,
    )
    op.create_index("phase_move_day", "phase_move", ["day"], unique=False)


def downgrade() -> None:
    op.drop_index("phase_move_day", table_name="phase_move")
    op.drop_table("phase_move")
    with op.batch_alter_table("health") as health:
        health.drop_column("goal")
    with op.batch_alter_table("account") as account:
        account.drop_column("ended_day")
        account.drop_column("renewed_day")
