"""What people do with outreaches, whom no mail is sent to, and what proves that outreach helps.

Frozen once released: a later change of a table is a migration of its own.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


CHOSEN: tuple[tuple[str, Any], ...] = (
    ("variant", sa.Text()),
    ("country", sa.Text()),
    ("value", sa.Double()),
    ("cost_hours", sa.Double()),
    ("told_in", sa.Text()),
    ("turn", sa.Integer()),
    ("remind_at", sa.BigInteger()),
)


def upgrade() -> None:
    _choosing()
    _acts()
    _suppressions()
    _rules()
    _experiment()


def downgrade() -> None:
    op.drop_index("outreach_remind", table_name="outreach")
    op.drop_index("outreach_told_in", table_name="outreach")
    with op.batch_alter_table("outreach") as outreach:
        for name, _ in reversed(CHOSEN):
            outreach.drop_column(name)
    with op.batch_alter_table("silence") as silence:
        silence.drop_column("matcher")
    op.drop_index("signal_account", table_name="signal")
    for table in ("finding", "exposure", "assignment", "stratum", "judgement", "rule_turn", "rule"):
        op.drop_table(table)
    for table in ("suppression", "revision", "verdict", "act"):
        op.drop_table(table)


def _choosing() -> None:
    for name, kind in CHOSEN:
        op.add_column("outreach", sa.Column(name, kind, nullable=True))
    op.create_index("outreach_told_in", "outreach", ["told_in"], unique=False)
    op.create_index("outreach_remind", "outreach", ["remind_at"], unique=False)
    op.add_column("silence", sa.Column("matcher", sa.LargeBinary(), nullable=True))


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


def _rules() -> None:
    op.create_index("signal_account", "signal", ["account", "said_at"], unique=False)
    op.create_table(
        "rule",
        sa.Column("play", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("since_at", sa.BigInteger(), nullable=False),
        sa.Column("demoted", sa.Integer(), nullable=False),
        sa.Column("right_count", sa.Integer(), nullable=False),
        sa.Column("judged_count", sa.Integer(), nullable=False),
        sa.Column("turned_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("play", "kind"),
    )
    op.create_table(
        "rule_turn",
        sa.Column("play", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("right_count", sa.Integer(), nullable=False),
        sa.Column("judged_count", sa.Integer(), nullable=False),
        sa.Column("who", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("play", "kind", "what", "at"),
    )
    op.create_table(
        "judgement",
        sa.Column("signal_key", sa.Text(), nullable=False),
        sa.Column("play", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("known_at", sa.BigInteger(), nullable=False),
        sa.Column("is_final", sa.Integer(), nullable=False),
        sa.Column("judged_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("signal_key", "play"),
    )
    op.create_index("judgement_rule", "judgement", ["play", "kind", "decided_at"], unique=False)
    op.create_index("judgement_open", "judgement", ["is_final"], unique=False)


def _experiment() -> None:
    op.create_table(
        "stratum",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("accounts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "assignment",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("stratum", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account"),
    )
    op.create_table(
        "exposure",
        sa.Column("play", sa.Text(), nullable=False),
        sa.Column("signal_key", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=False),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("stratum", sa.Text(), nullable=False),
        sa.Column("touch", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("cell", sa.Text(), nullable=False),
        sa.Column("acv", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("play", "signal_key"),
    )
    op.create_index("exposure_account", "exposure", ["account", "said_at"], unique=False)
    op.create_index("exposure_said", "exposure", ["said_at"], unique=False)
    op.create_table(
        "finding",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("computed_at", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
