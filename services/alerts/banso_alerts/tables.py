"""The tables of alerts: signals heard, outreaches decided (sent or not), silences, recipients, and the pipeline's own.

Instants are ms since the epoch. Text is unbounded here: what bounds it is the contract of the topic.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, Integer, LargeBinary, MetaData, Table, Text

from banso_common.db.checkpoint import checkpoint_table
from banso_common.db.outbox import outbox_table
from banso_common.pipeline.gaps import gap_table

metadata = MetaData(info={"service": "alerts"})
checkpoint = checkpoint_table(metadata)
outbox = outbox_table(metadata)
accepted_gap = gap_table(metadata)

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
Index("signal_account", signal.c.account, signal.c.said_at)

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
    # how it was chosen
    Column("variant", Text),  # the play's wording, "" for the first
    Column("plays_version", Text),  # the plays that it was last decided under
    Column("country", Text),  # whose holidays the recipient keeps
    Column("value", Double),  # amount x uplift x surprise, in its own unit
    Column("cost_hours", Double),
    Column("told_in", Text),  # the group or the digest that tells of it
    Column("turn", Integer),  # how often it was told before: reminders count from 1
    Column("remind_at", BigInteger),
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
Index("outreach_told_in", outreach.c.told_in)
Index("outreach_remind", outreach.c.remind_at)

silence = Table(
    "silence",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text),
    Column("owner", Text),
    Column("kind", Text),
    Column("play", Text),
    Column("touch", Text),
    Column("matcher", LargeBinary),  # all of what it matches; the columns above are those of older silences
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

# What somebody thinks of one account that a message about an incident tells of: their newest word.
part_verdict = Table(
    "part_verdict",
    metadata,
    Column("outreach_id", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("who", Text, primary_key=True),
    Column("case_key", Text, nullable=False),  # of its judgement; derived from signal and account
    Column("play", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("source", Text, nullable=False),
)
Index("part_verdict_case", part_verdict.c.case_key)

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

# A rule: a play on a kind of signal, by its definition, and where its record has brought it.
rule = Table(
    "rule",
    metadata,
    Column("play", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("definition", Text, nullable=False),
    Column("since_at", BigInteger, nullable=False),
    Column("demoted", Integer, nullable=False),
    Column("right_count", Integer, nullable=False),
    Column("judged_count", Integer, nullable=False),
    Column("turned_at", BigInteger),
)

# Each turn of a rule: demoted or recovered by its record, restored by a person. The first two are told once.
rule_turn = Table(
    "rule_turn",
    metadata,
    Column("play", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("what", Text, primary_key=True),
    Column("at", BigInteger, primary_key=True),
    Column("definition", Text, nullable=False),
    Column("right_count", Integer, nullable=False),
    Column("judged_count", Integer, nullable=False),
    Column("who", Text),
)

# What is known of each signal that a play told of, or would have told of in its shadow.
judgement = Table(
    "judgement",
    metadata,
    Column("signal_key", Text, primary_key=True),
    Column("play", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("decided_at", BigInteger, nullable=False),
    Column("found", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("known_at", BigInteger, nullable=False),
    Column("is_final", Integer, nullable=False),
    Column("judged_at", BigInteger, nullable=False),
)
Index("judgement_rule", judgement.c.play, judgement.c.kind, judgement.c.decided_at)
Index("judgement_open", judgement.c.is_final)

# Who is told and who is left alone, for good; a stratum counts its accounts, its row is taken for update.
stratum = Table(
    "stratum", metadata, Column("name", Text, primary_key=True), Column("accounts", Integer, nullable=False)
)
assignment = Table(
    "assignment",
    metadata,
    Column("account", Text, primary_key=True),
    Column("arm", Text, nullable=False),
    Column("share", Double, nullable=False),  # of accounts left alone, when it was drawn
    Column("stratum", Text, nullable=False),
    Column("place", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
)

# Each signal that a play could have told of an account of either arm, as it was then.
exposure = Table(
    "exposure",
    metadata,
    Column("play", Text, primary_key=True),
    Column("signal_key", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("episode", Integer, nullable=False),
    Column("said_at", BigInteger, nullable=False),
    Column("arm", Text, nullable=False),
    Column("share", Double, nullable=False),  # of accounts left alone, when this one was assigned
    Column("stratum", Text, nullable=False),
    Column("touch", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("cell", Text, nullable=False),
    Column("acv", BigInteger),
    Column("currency", Text),
    Column("variant", Text, nullable=False),
)
Index("exposure_account", exposure.c.account, exposure.c.said_at)
Index("exposure_said", exposure.c.said_at)

# The plays that scoring told of, as JSON; the newest are in force.
plays = Table(
    "plays",
    metadata,
    Column("version", Text, primary_key=True),
    Column("since_at", BigInteger, nullable=False),
    Column("text", LargeBinary, nullable=False),
)

# What was computed of all this, as the API shows it and as arbitration reads it.
finding = Table(
    "finding",
    metadata,
    Column("name", Text, primary_key=True),
    Column("computed_at", BigInteger, nullable=False),
    Column("value", LargeBinary, nullable=False),
)
