"""Who is closed through an earlier day than others of the lane: until now all of the lane were closed anew for them.

Frozen once released: a later change of a table is a migration of its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("closed_standing", sa.Column("waits", sa.Boolean(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("closed_standing", "waits")
