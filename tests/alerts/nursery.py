"""Brings up delivering processes fast: one that has imported everything forks a child for each line that it reads.

A line is JSON: `database`, `slack`, `failpoint`, `read_back`, `guarded`; or `reap` with the pid of a child to wait
for. Answers are JSON lines too: the child's `pid`, `delivering` once it begins, and `ended` with its wait status.
A child delivers until nothing is left. Before the first fork something was delivered here already: what Python
imports, and what SQLAlchemy and httpx prepare at their first use, is then not done again in every child.
"""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import sys
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from pydantic import SecretStr
from sqlalchemy import func, select

from banso_alerts import deliver, tables
from banso_alerts.channels.pace import Pace
from banso_alerts.channels.slack_api import SlackApi
from banso_alerts.channels.slack_web import SlackWebChannel
from banso_alerts.domain.delivery import Limits
from banso_alerts.domain.outreach import OutreachState
from banso_common import failpoints
from banso_common.clock import SystemClock
from banso_common.db.engine import connect
from banso_common.db.migrate import upgrade
from banso_common.db.transaction import reading
from banso_common.telemetry.logs import configure
from tests.alerts.slack_server import TOKEN, running_slack
from tests.alerts.workload import MEMBERS, planned

GRACE_MS = 1_000
LIMITS = Limits(attempts_max=100, retry_first_ms=50, request_ms_max=800, grace_ms=GRACE_MS)
POLL_S = 0.02
TRUSTED = ssl.create_default_context()
"""Read once, and not by every child."""


def say(**what: Any) -> None:
    """One line, at once."""
    os.write(1, (json.dumps(what) + "\n").encode())


async def warm_up() -> None:
    """Deliver once."""
    with TemporaryDirectory() as folder:
        database = f"sqlite+aiosqlite:///{folder}/banso.sqlite"
        engine = connect(database)
        await upgrade(engine, "banso_alerts")
        await planned(engine, 1)
        await engine.dispose()
        async with running_slack() as slack:
            slack.members = dict(MEMBERS)
            await deliver_all({"database": database, "slack": slack.url, "read_back": True})


async def deliver_all(order: dict[str, Any]) -> None:
    """Deliver until every outreach is sent."""
    engine = connect(order["database"])
    http = httpx.AsyncClient(timeout=LIMITS.request_ms_max / 1_000, trust_env=False, verify=TRUSTED)
    api = SlackApi(http, order["slack"], SecretStr(TOKEN))
    channel = SlackWebChannel(api, reads_back=order["read_back"], pace=Pace(0, 0))
    deliverer = deliver.Deliverer(engine, [channel], SystemClock(), LIMITS, lambda: None)
    left = select(func.count()).where(tables.outreach.c.state != OutreachState.SENT.value)
    while True:
        if not await deliverer.once(channel):
            async with reading(engine) as tx:
                if not await tx.scalar(left):
                    break
            await asyncio.sleep(POLL_S)
    await channel.close()
    await engine.dispose()


def child(order: dict[str, Any]) -> None:
    """What a forked child does; it never returns."""
    failpoints._armed = failpoints._Armed(order["failpoint"])
    if not order["guarded"]:
        deliver.__dict__["monotonic"] = lambda: 0.0
    say(delivering=True)
    asyncio.run(deliver_all(order))
    os._exit(0)


def main() -> None:
    """Fork for each order, or wait for a child and tell how it ended."""
    configure(json=True, level="ERROR")
    asyncio.run(warm_up())
    for line in sys.stdin:
        order = json.loads(line)
        if "reap" in order:
            say(ended=os.waitpid(order["reap"], 0)[1])
            continue
        pid = os.fork()
        if pid == 0:
            child(order)
        say(pid=pid)


if __name__ == "__main__":
    main()
