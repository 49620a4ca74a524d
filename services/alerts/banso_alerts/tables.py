"""The tables of alerts: signals heard, outreaches decided (sent or not), silences, recipients, and the pipeline's own.

Instants are ms since the epoch. Text is unbounded here: what bounds it is the contract of the topic.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text

from banso_common.db.checkpoint import checkpoint_table
from banso_common.db.outbox import outbox_table

metadata = MetaData(info={"service": "alerts"})
checkpoint = checkpoint_table(metadata)
outbox = outbox_table(metadata)

signal = Table(
    "signal",
    metadata,
    Column("key", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("episode", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("said_at", BigInteger, nullable=False),
    Column("heard_at", BigInteger, nullable=False),
    Column("value", LargeBinary, nullable=False),
)

outreach = Table(
    "outreach",
    metadata,
    Column("id", Text, primary_key=True),
    Column("lane", Integer, nullable=False),
    # what it is about
    Column("signal_key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("episode", Integer, nullable=False),
    Column("severity", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("account_name", Text, nullable=False),
    Column("owner", Text),
    Column("play", Text, nullable=False),
    # whom it tells
    Column("audience", Text, nullable=False),
    Column("recipient_key", Text, nullable=False),
    Column("recipient_name", Text),
    Column("address", Text),
    Column("locale", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("message", LargeBinary, nullable=False),
    # where it stands
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("stage", Text),
    Column("detail", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("next_at", BigInteger),
    Column("planned_at", BigInteger),
    Column("planned_on", Text),  # the recipient's local day of planned_at, for the cap
    # its delivery
    Column("attempts", Integer, nullable=False),
    Column("lease_until", BigInteger),
    Column("first_tried_at", BigInteger),
    Column("sent_at", BigInteger),
    Column("provider_ref", Text),
    # what people did with it
    Column("acknowledged_at", BigInteger),
    Column("acknowledged_by", Text),
    Column("snoozed_until", BigInteger),
    Column("snoozed_by", Text),
)
Index("outreach_due", outreach.c.state, outreach.c.next_at)
Index("outreach_expiry", outreach.c.state, outreach.c.expires_at)
Index("outreach_account", outreach.c.account, outreach.c.created_at)
Index("outreach_listed", outreach.c.created_at, outreach.c.id)
Index("outreach_told", outreach.c.recipient_key, outreach.c.planned_on)

silence = Table(
    "silence",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text),
    Column("owner", Text),
    Column("kind", Text),
    Column("play", Text),
    Column("touch", Text),
    Column("author", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)
Index("silence_expiry", silence.c.expires_at)

# One row a recipient, taken for update before their day is counted: two members cannot both fill the last place.
recipient = Table("recipient", metadata, Column("key", Text, primary_key=True))

# What somebody did with an outreach, once each: the key is derived from the deed, so that a repeat is not a second.
act = Table(
    "act",
    metadata,
    Column("key", Text, primary_key=True),
    Column("outreach_id", Text, nullable=False),
    Column("signal_key", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("until", BigInteger),  # of a snooze
    Column("source", Text, nullable=False),
)
Index("act_signal", act.c.signal_key, act.c.at)

# What somebody thinks of an outreach: their newest word.
verdict = Table(
    "verdict",
    metadata,
    Column("outreach_id", Text, primary_key=True),
    Column("who", Text, primary_key=True),
    Column("signal_key", Text, nullable=False),
    Column("play", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("source", Text, nullable=False),
)
Index("verdict_signal", verdict.c.signal_key)

# A message that stands in Slack and has to say what was done since: due while `next_at` is set.
revision = Table(
    "revision",
    metadata,
    Column("outreach_id", Text, primary_key=True),
    Column("wanted", Integer, nullable=False),
    Column("shown", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", BigInteger),
    Column("lease_until", BigInteger),
    Column("detail", Text),
)
Index("revision_due", revision.c.next_at)

# Where nothing is sent any more, and why.
suppression = Table(
    "suppression",
    metadata,
    Column("address", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("detail", Text),
)
