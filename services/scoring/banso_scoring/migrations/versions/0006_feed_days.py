"""On which days of a year each feed was heard; null where that was written before, whose hours say it of 28 days.

Frozen once released: a later change of a table is a migration of its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feed", sa.Column("days", sa.LargeBinary()))


def downgrade() -> None:
    op.drop_column("feed", "days")
