"""Every metric that banso exposes, in one closed place. Labels are closed sets too: never an account."""

from __future__ import annotations

from prometheus_client import REGISTRY, Counter, Gauge, Histogram

SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)

records_read = Counter("banso_records_read_total", "Records read from the log.", ["service", "topic"])
commit_seconds = Histogram("banso_commit_seconds", "Time of one durable step.", ["service"], buckets=SECONDS)
lag_records = Gauge("banso_lag_records", "Records written but not yet applied.", ["service", "partition"])
partition_halted = Gauge(
    "banso_partition_halted", "1 while a partition is stopped and needs somebody.", ["service", "partition"]
)
worker_restarts = Counter(
    "banso_worker_restarts_total", "Times the loop went back to its checkpoint.", ["service", "reason"]
)
outbox_sent = Counter("banso_outbox_sent_total", "Messages relayed from the outbox to the log.", ["service"])

ingest_events = Counter(
    "banso_ingest_events_total", "Events by what became of them.", ["door", "result"]
)  # received = forwarded + dead_lettered + told
ingest_refusals = Counter("banso_ingest_refusals_total", "Events refused, by code.", ["code"])

scoring_events = Counter(
    "banso_scoring_events_total", "Activity by what became of it.", ["result"]
)  # received = applied + duplicate + dead_lettered; late is part of applied
scoring_accounts = Gauge("banso_scoring_accounts", "Accounts owned by this member.")
scoring_switch_accounts = Gauge(
    "banso_scoring_switch_accounts", "Accounts of this member in a switch to another model.", ["state"]
)
scoring_sweep_seconds = Histogram("banso_scoring_sweep_seconds", "Time of one sweep.", buckets=SECONDS)
scoring_feeds = Gauge("banso_scoring_feeds", "Feeds, the sources of events, by how they stand.", ["state"])
scoring_feed_quiet_seconds = Gauge(
    "banso_scoring_feed_quiet_seconds", "Time since a feed was last heard; at most 63 feeds.", ["feed"]
)
signals_said = Counter("banso_signals_said_total", "Signals put into the outbox.", ["kind", "state"])

outreach_moves = Counter("banso_outreach_moves_total", "Moves of outreaches.", ["channel", "state"])

http_requests = Counter("banso_http_requests_total", "HTTP requests.", ["method", "route", "status"])
http_seconds = Histogram("banso_http_seconds", "Time to answer.", ["route"], buckets=SECONDS)

__all__ = ["REGISTRY"]
