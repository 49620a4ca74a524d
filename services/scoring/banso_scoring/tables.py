"""Scoring's tables: facts are the stored truth; what an account shows now is kept beside them to be read fast.

A lane is a partition of account-activity: all that belongs to it is written by the member that owns it. Days
are numbers since 1970-01-01 in the account's time zone. What a batch brought is one row of the journal: its
identities are kept as long as repeats are known, its facts until they are merged into account_day, its statements
about accounts until they are merged into statement_day (by the UTC day on which they were made); who wants those of an
account reads both, through `facts_store` and `statement_store`.

What the success model makes of the facts is kept under its version: `closed_standing`, `health`, `phase_move`,
`cell_move`, `cohort_sketch`. The version that counts is `model_switch.current`, one row, so that a switch to a
`wanted` one is one update; `switch_lane` says how far each lane is with it. What was told of an account (`told`,
see `told`) belongs to it, whatever the model.

An account's `closed` is its standing at the close of `closed_day`, and of every later day through which its lane is
closed; one that `waits` is closed through that day alone. A backfilled one asks for a look back. Its contract is over
when `ended_day` is after `renewed_day`; -1 is a day that never was. `health_history` holds a row for each day on which
something changed, as it was known at the close of that day; it is never rewritten. `phase_move` holds the moves of the
journey, and `cell_move` those of the matrix with their reasons, as they are true now: a look back replaces those of
an account. The newest phase of an account, and what
holds of its goal (`goal`, see `journey.goal_code`), is in `health`. `success_plan` holds what was said of an
account's objectives, whole (see `domain.plan`), for those of which anything was.
`trouble_episode` holds the troubles that an account went through (see
`struggle.course_history`), as the moves do: as they are true now, -1 for a day that has not come.
The tables of shared and of unheard trouble are in `tables_trouble`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text

from banso_common.db.checkpoint import checkpoint_table
from banso_common.db.outbox import outbox_table
from banso_common.pipeline.gaps import gap_table
from banso_scoring.tables_trouble import trouble_tables

metadata = MetaData(info={"service": "scoring"})

checkpoint = checkpoint_table(metadata)
outbox = outbox_table(metadata)
accepted_gap = gap_table(metadata)

account = Table(
    "account",
    metadata,
    Column("account", String(256), primary_key=True),
    Column("lane", Integer, nullable=False),
    Column("first_day", Integer, nullable=False),
    Column("profile", LargeBinary, nullable=False),
    Column("told", LargeBinary),
    Column("name", String(256), nullable=False),
    Column("owner", String(320), nullable=False),
    Column("acv", BigInteger),
    Column("currency", String(8), nullable=False),
    Column("renewal_at", BigInteger),
    Column("feeds", Text, nullable=False, server_default=""),
)
Index("account_lane", account.c.lane)

closed = Table(
    "closed_standing",
    metadata,
    Column("model_version", String(128), primary_key=True),
    Column("account", String(256), primary_key=True),
    Column("closed", LargeBinary, nullable=False),
    Column("closed_day", Integer, nullable=False),
    Column("backfilled", Boolean, nullable=False),
    Column("waits", Boolean, nullable=False, server_default="0"),
)

health = Table(
    "health",
    metadata,
    Column("model_version", String(128), primary_key=True),
    Column("account", String(256), primary_key=True),
    Column("band", String(16), nullable=False),
    Column("score", Float),
    Column("coverage", Float, nullable=False),
    Column("phase", String(32), nullable=False),
    Column("phase_entered_day", Integer, nullable=False),
    Column("goal", Integer, nullable=False, server_default="0"),
    Column("signals", String(256), nullable=False),
    Column("objectives", String(16), nullable=False, server_default="off"),
    Column("touch", String(16), nullable=False, server_default="low"),
    Column("cell", String(64), nullable=False, server_default=""),
    Column("cell_day", Integer, nullable=False, server_default="-1"),
    Column("pattern", String(64), nullable=False, server_default=""),
    Column("flagged_day", Integer, nullable=False, server_default="-1"),
    Column("last_day", Integer, nullable=False),
    Column("renewed_day", Integer, nullable=False, server_default="-1"),
    Column("ended_day", Integer, nullable=False, server_default="-1"),
    Column("feed", String(256), nullable=False, server_default=""),
    Column("feed_at", BigInteger),
    Column("trouble", String(32), nullable=False, server_default="none"),
    Column("standing", LargeBinary, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)
Index("health_changed", health.c.model_version, health.c.changed_at, health.c.account)
Index("health_score", health.c.model_version, health.c.score, health.c.account)

account_day = Table(
    "account_day",
    metadata,
    Column("account", String(256), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("facts", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

history = Table(
    "health_history",
    metadata,
    Column("account", String(256), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("score", Float),
    Column("coverage", Float, nullable=False),
    Column("band", String(16), nullable=False),
    Column("phase", String(32), nullable=False),
    Column("model_version", String(128), nullable=False),
    sqlite_with_rowid=False,
)

phase_move = Table(
    "phase_move",
    metadata,
    Column("model_version", String(128), primary_key=True),
    Column("account", String(256), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("from_phase", String(64), nullable=False),
    Column("since_day", Integer, nullable=False),
    Column("to_phase", String(64), nullable=False),
    Column("moved", String(16), nullable=False),
    sqlite_with_rowid=False,
)
Index("phase_move_day", phase_move.c.model_version, phase_move.c.day)

cell_move = Table(
    "cell_move",
    metadata,
    Column("model_version", String(128), primary_key=True),
    Column("account", String(256), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("from_cell", String(64), nullable=False),
    Column("to_cell", String(64), nullable=False),
    Column("why", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

trouble_episode = Table(
    "trouble_episode",
    metadata,
    Column("model_version", String(128), primary_key=True),
    Column("account", String(256), primary_key=True),
    Column("opened_day", Integer, primary_key=True, autoincrement=False),
    Column("since_day", Integer, nullable=False),
    Column("contacted_day", Integer, nullable=False),
    Column("answered_day", Integer, nullable=False),
    Column("resolved_day", Integer, nullable=False),
    Column("closed_day", Integer, nullable=False),
    Column("stage", String(32), nullable=False),
    Column("silent", String(32), nullable=False),
    Column("carried", Float, nullable=False),
    Column("outcome", String(32), nullable=False),
    sqlite_with_rowid=False,
)

success_plan = Table(
    "success_plan",
    metadata,
    Column("account", String(256), primary_key=True),
    Column("lane", Integer, nullable=False),
    Column("plan", LargeBinary, nullable=False),
)
Index("success_plan_lane", success_plan.c.lane)

journal = Table(
    "journal",
    metadata,
    Column("lane", Integer, primary_key=True, autoincrement=False),
    Column("first_offset", BigInteger, primary_key=True, autoincrement=False),
    Column("stored_at", BigInteger, nullable=False),
    Column("identities", LargeBinary, nullable=False),
    Column("facts", LargeBinary),
    Column("statements", LargeBinary),
)

statement_day = Table(
    "statement_day",
    metadata,
    Column("account", String(256), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("statements", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

lane = Table(
    "lane",
    metadata,
    Column("lane", Integer, primary_key=True, autoincrement=False),
    Column("closed_day", Integer, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("applied", BigInteger, nullable=False),
    Column("duplicate", BigInteger, nullable=False),
    Column("dead_lettered", BigInteger, nullable=False),
    Column("late", BigInteger, nullable=False),
)

dead_letter = Table(
    "activity_dead_letter",
    metadata,
    Column("lane", Integer, primary_key=True, autoincrement=False),
    Column("log_offset", BigInteger, primary_key=True, autoincrement=False),
    Column("reason", String(512), nullable=False),
    Column("value", LargeBinary, nullable=False),
)

cohort = Table(
    "cohort_sketch",
    metadata,
    Column("lane", Integer, primary_key=True, autoincrement=False),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("model_version", String(128), primary_key=True),
    Column("sketch", LargeBinary, nullable=False),
)

cohort_day = Table(
    "cohort_day",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("model_version", String(128), primary_key=True),
    Column("cohort", LargeBinary, nullable=False),
)

trouble_hits, iceberg, incident, incident_account = trouble_tables(metadata)

model = Table(
    "model",
    metadata,
    Column("version", String(128), primary_key=True),
    Column("text", LargeBinary, nullable=False),
    Column("stored_at", BigInteger, nullable=False),
    Column("made", Boolean, nullable=False),
)

model_switch = Table(
    "model_switch",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("current", String(128), nullable=False),
    Column("configured", String(128), nullable=False),
    Column("switched_at", BigInteger, nullable=False),
    Column("wanted", String(128)),
    Column("wanted_at", BigInteger),
    Column("configured_plays", String(64)),
)

# What models say for alerts; those with the newest `since_at` count.
plays = Table(
    "plays",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("text", LargeBinary, nullable=False),
    Column("since_at", BigInteger),
)

switch_lane = Table(
    "switch_lane",
    metadata,
    Column("lane", Integer, primary_key=True, autoincrement=False),
    Column("model_version", String(128), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("accounts", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("closed_day", Integer, nullable=False),
)

feed = Table(
    "feed",
    metadata,
    Column("lane", Integer, primary_key=True, autoincrement=False),
    Column("source", String(256), primary_key=True),
    *(Column(name, BigInteger, nullable=False) for name in ("first_at", "heard_at", "newest_at")),
    *(Column(name, LargeBinary, nullable=False) for name in ("hours", "beats")),
    *(Column(name, Boolean, nullable=False) for name in ("tells", "contacts")),
    Column("pause", LargeBinary),
    Column("days", LargeBinary),
)

feed_told = Table(
    "feed_told",
    metadata,
    Column("source", String(256), primary_key=True),
    Column("episode", Integer, nullable=False, server_default="0"),
    Column("since_at", BigInteger),
    Column("retired_at", BigInteger),
)
