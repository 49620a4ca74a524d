"""Brings up delivering processes fast: one that has imported everything forks a child for each line that it reads.

A line is JSON: `database`, `channel`, `server`, `failpoint`, `read_back`, `guarded`; or `reap` with the pid of a
child to wait for. Answers are JSON lines too: the child's `pid`, `delivering` once it begins, and `ended` with its
wait status. A child delivers until nothing is left, and rewrites what stands in Slack and was acted on.
Before the first fork something was delivered here already: what Python imports, and what SQLAlchemy and httpx prepare
at their first use, is then not done again in every child.
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
from banso_alerts.channels.email import EmailChannel, SmtpServer
from banso_alerts.channels.pace import Pace
from banso_alerts.channels.pinned import PinnedHttp
from banso_alerts.channels.port import Channel
from banso_alerts.channels.slack_api import SlackApi
from banso_alerts.channels.slack_web import SlackWebChannel
from banso_alerts.channels.webhook import Endpoint, WebhookChannel
from banso_alerts.domain.delivery import Limits
from banso_alerts.domain.outreach import OutreachState
from banso_alerts.revise import Reviser
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
            await deliver_all({"database": database, "channel": "slack", "server": slack.url, "read_back": True})


def channel_of(order: dict[str, Any]) -> Channel:
    """The channel that an order names, over its server on loopback."""
    timeout_s = LIMITS.request_ms_max / 1_000
    match order["channel"]:
        case "email":
            host, _, port = order["server"].partition(":")
            sender = "banso <banso@vendor.example>"
            return EmailChannel(SmtpServer(host, int(port), "none", None, None, sender, timeout_s), SystemClock())
        case "webhook":
            http = PinnedHttp(timeout_s, allow_private=True, trust=TRUSTED)
            return WebhookChannel(http, Endpoint(SecretStr(order["server"]), (b"k" * 32,)), SystemClock())
        case _:
            client = httpx.AsyncClient(timeout=timeout_s, trust_env=False, verify=TRUSTED)
            api = SlackApi(client, order["server"], SecretStr(TOKEN))
            return SlackWebChannel(api, reads_back=order["read_back"], buttons=True, pace=Pace(0, 0))


async def deliver_all(order: dict[str, Any]) -> None:
    """Deliver until every outreach is sent, and every message in Slack says what was done."""
    engine = connect(order["database"])
    channel = channel_of(order)
    deliverer = deliver.Deliverer(engine, [channel], SystemClock(), LIMITS, lambda: None)
    revisers = [Reviser(engine, channel, SystemClock(), LIMITS)] if isinstance(channel, SlackWebChannel) else []
    unsent = select(func.count()).where(tables.outreach.c.state != OutreachState.SENT.value)
    unsaid = select(func.count()).where(tables.revision.c.next_at.is_not(None))
    while True:
        moved = await deliverer.once(channel) + sum([await reviser.once() for reviser in revisers])
        if not moved:
            async with reading(engine) as tx:
                if not await tx.scalar(unsent) and not await tx.scalar(unsaid):
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
