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
        sa.Column("account", sa.String(length=256), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("from_cell", sa.String(length=64), nullable=False),
        sa.Column("to_cell", sa.String(length=64), nullable=False),
        sa.Column("why", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("account", "day"),
        sqlite_with_rowid=False,
    )
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


def downgrade() -> None:
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
        health.drop_column("objectives")
        health.drop_column("pattern")
        health.drop_column("flagged_day")
    with op.batch_alter_table("account") as account:
        account.drop_column("ended_day")
        account.drop_column("renewed_day")
