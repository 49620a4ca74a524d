"""The tables of shared and of unheard trouble (see `domain.incident`, `domain.struggle.iceberg`).

`trouble_hits` holds how many accounts of a lane met which trouble, by day. An `incident` is
written by the member that owns the lane of its subject, `incident_account` by those that own the accounts: whom it hit,
whether they wrote since, and whether their trouble is mostly this one. `iceberg` holds what the accounts of a lane add
to it.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, LargeBinary, MetaData, String, Table


def trouble_tables(metadata: MetaData) -> tuple[Table, Table, Table, Table]:
    """The four, in the order in which they are told of above: hits, iceberg, incidents, their accounts."""
    hits = Table(
        "trouble_hits",
        metadata,
        Column("lane", Integer, primary_key=True, autoincrement=False),
        Column("hits", LargeBinary, nullable=False),
    )
    iceberg = Table(
        "iceberg",
        metadata,
        Column("lane", Integer, primary_key=True, autoincrement=False),
        Column("sums", LargeBinary, nullable=False),
    )
    incident = Table(
        "incident",
        metadata,
        Column("subject", String(64), primary_key=True),
        Column("episode", Integer, primary_key=True, autoincrement=False),
        Column("event", String(512), nullable=False),
        Column("watched_feature", String(64), nullable=False),
        Column("feature", String(64), nullable=False),
        Column("version", String(64), nullable=False),
        Column("first_day", Integer, nullable=False),
        Column("expected", Float, nullable=False),
        Column("usual", Float, nullable=False),
        Column("opened_at", BigInteger, nullable=False),
        Column("told_at", BigInteger),
        Column("closed_day", Integer),
        Column("closed_at", BigInteger),
        Column("joined", String(64)),  # the subject of the incident as a part of which it is told
    )
    Index("incident_opened", incident.c.opened_at, incident.c.subject)
    incident_account = Table(
        "incident_account",
        metadata,
        Column("subject", String(64), primary_key=True),
        Column("episode", Integer, primary_key=True, autoincrement=False),
        Column("account", String(256), primary_key=True),
        Column("lane", Integer, nullable=False),
        Column("first_day", Integer, nullable=False),
        Column("last_day", Integer, nullable=False),
        Column("seen", Integer, nullable=False),
        Column("contacted", Boolean, nullable=False),
        Column("mostly", Boolean, nullable=False),
    )
    return hits, iceberg, incident, incident_account
