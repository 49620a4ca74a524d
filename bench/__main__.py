"""Measures the durable path beside raw consumption and a naive consumer: `python -m bench [--json] [--quick]`.

One real broker and one real PostgreSQL on the second core; the contenders run one after another, each a process
on the first core, interleaved over several rounds; a figure is the median of its rounds. Ratios are to raw.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from banso_common.contracts.topics import KEEP_DAYS, Topic
from banso_common.log.kafka import KafkaLog
from banso_common.log.port import Outgoing
from bench import stages
from bench.streams import PARTITIONS, Record, Stream, records
from deploy.local.kafka import KafkaServer
from deploy.local.postgres import PostgresServer

SERVER_CORE, CONTENDER_CORE = 1, 0
NAIVE_EVENTS = 2_000
WRITE_AT_ONCE = 20_000
CONTENDERS = (("raw", ""), ("path", "sqlite"), ("path", "postgresql"), ("naive", "sqlite"), ("naive", "postgresql"))
GOALS = {Stream.INDEPENDENT: 0.25, Stream.SESSIONS: 0.40}


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    events: int
    accounts: int
    rounds: int


@dataclass(frozen=True, slots=True)
class Servers:
    """The real servers of this run."""

    kafka: KafkaServer
    postgres: PostgresServer
    folder: Path

    def url(self, store: str) -> str:
        """A fresh database."""
        name = f"bench_{uuid.uuid4().hex[:12]}"
        return (
            self.postgres.create_database(name)
            if store == "postgresql"
            else f"sqlite+aiosqlite:///{self.folder}/{name}.db"
        )


async def write(bootstrap: str, prefix: str, stream: Stream, plan: Plan) -> int:
    """Put a stream on its topic, as ingest does; gives the bytes of an average value."""
    log = KafkaLog(bootstrap, prefix)
    await log.start()
    await log.create_topics(PARTITIONS, KEEP_DAYS)
    writer = await log.writer()
    size, page = 0, []
    for record in records(stream, plan.events, plan.accounts, time.time_ns() // 1_000_000):
        size += len(record.value)
        page.append(record)
        if len(page) == WRITE_AT_ONCE:
            await writer.write([_outgoing(page)])
            page = []
    await writer.write([_outgoing(page)])
    await writer.close()
    await log.stop()
    return size // plan.events


def _outgoing(page: Sequence[Record]) -> Outgoing:
    return Outgoing(Topic.ACCOUNT_ACTIVITY, [r.partition for r in page], [r.key for r in page], [r.value for r in page])


def run(name: str, bootstrap: str, prefix: str, events: int, url: str = "") -> dict[str, float]:
    """One contender, once."""
    arguments = [
        sys.executable,
        "-m",
        "bench.contenders",
        name,
        bootstrap,
        prefix,
        str(events),
        *([url] if url else []),
    ]
    done = subprocess.run(
        arguments, capture_output=True, text=True, env={**os.environ, "BENCH_CORE": str(CONTENDER_CORE)}, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"{name} failed:\n{done.stderr[-4_000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(servers: Servers, plan: Plan, say: Console) -> list[dict[str, Any]]:
    """All contenders over both streams; rows of name, stream, store, ratio, and times of an event."""
    rows = []
    for stream in Stream:
        prefix = f"bench-{stream}."
        size = asyncio.run(write(servers.kafka.bootstrap, prefix, stream, plan))
        say.print(f"{stream}: {plan.events:,} events of {plan.accounts:,} accounts, {size} bytes each")
        contenders = [
            ("raw", ""),
            ("path", "sqlite"),
            ("path", "postgresql"),
            ("naive", "sqlite"),
            ("naive", "postgresql"),
        ]
        times: dict[tuple[str, str], list[dict[str, float]]] = {contender: [] for contender in contenders}
        for _ in range(plan.rounds):
            for name, store in CONTENDERS:
                events = NAIVE_EVENTS if name == "naive" else plan.events
                url = servers.url(store) if store else ""
                times[name, store].append(run(name, servers.kafka.bootstrap, prefix, events, url))
                say.print(f"  {name:6} {store:11} {times[name, store][-1]['wall_ns']:>12,.0f} ns an event")
        base = statistics.median(t["wall_ns"] for t in times["raw", ""])
        for (name, store), found in times.items():
            wall = statistics.median(t["wall_ns"] for t in found)
            cpu = statistics.median(t["cpu_ns"] for t in found)
            rows.append(
                {"name": name, "stream": str(stream), "store": store, "ratio": round(base / wall, 4)}
                | {"wall_ns": round(wall), "cpu_ns": round(cpu), "goal": GOALS[stream] if name == "path" else None}
            )
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", action="store_true", help="print rows as JSON")
    parser.add_argument("--events", type=int, default=1_500_000)
    parser.add_argument("--accounts", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    say = Console(stderr=True)
    plan = Plan(given.events, given.accounts, given.rounds)
    os.sched_setaffinity(0, {SERVER_CORE})
    with KafkaServer() as kafka, PostgresServer() as postgres, tempfile.TemporaryDirectory() as folder:
        rows = measure(Servers(kafka, postgres, Path(folder)), plan, say)
    parts = stages.measure(plan.events // 3, plan.accounts)
    if given.json:
        print(json.dumps({"rows": rows, "stages": parts}, indent=2))
        return
    table = Table("name", "stream", "store", "ratio to raw", "goal", "ns an event", "CPU ns an event")
    for row in rows:
        goal = "" if row["goal"] is None else f"{row['goal']:.2f}"
        table.add_row(
            row["name"], row["stream"], row["store"], f"{row['ratio']:.4f}", goal,
            f"{row['wall_ns']:,}", f"{row['cpu_ns']:,}",
        )  # fmt: skip
    Console().print(table)
    stage_table = Table("stage", *[str(stream) for stream in Stream], title="CPU ns an event of each stage")
    for stage in parts[str(Stream.INDEPENDENT)]:
        stage_table.add_row(stage, *[f"{parts[str(stream)][stage]:,.0f}" for stream in Stream])
    Console().print(stage_table)


if __name__ == "__main__":
    main()
