"""The service whole with every channel at once, against real servers: one signal goes out by each, a click comes back
and is seen, a reader leaves, and the whole log read again sends nothing."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update
from standardwebhooks import Webhook

from banso_alerts import tables as t
from banso_alerts.channels.set_up import channels_of
from banso_alerts.service import PACKAGE, AlertsService
from banso_alerts.settings import AlertsSettings
from banso_common.clock import SystemClock
from banso_common.contracts.account_signal import AccountSignal
from banso_common.contracts.topics import KEEP_DAYS
from banso_common.db.migrate import upgrade
from banso_common.db.transaction import transaction
from banso_common.http.app import make_app
from banso_common.http.keys import KeyRing
from banso_common.log.embedded import EmbeddedLog
from banso_common.log.port import Log
from banso_common.settings import load
from tests.alerts.clicks import SECRET, URL, click, signed
from tests.alerts.hook_server import HookServer, running_hooks
from tests.alerts.made import signal
from tests.alerts.mail_server import AnyPort, MailBox, read
from tests.alerts.reports import bounce
from tests.alerts.slack_server import TOKEN, SlackServer, running_slack
from tests.alerts.test_service import PARTITIONS, say

HOOK_SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
PLAYS = """version: 1
plays:
  - name: everywhere
    when: {kind: silent-struggling}
    audience: owner
    channels: [slack, email, webhook]
    reach: every
    template: silent-struggling
    cooldown_hours: 0
    expiry_hours: 168
    quiet_hours: false
"""


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with running_slack() as server:
        yield server


@pytest.fixture
async def hooks() -> AsyncIterator[HookServer]:
    async with running_hooks() as server:
        yield server


@pytest.fixture
def box() -> Iterator[MailBox]:
    kept = MailBox()
    server = AnyPort(kept, hostname="127.0.0.1", port=0)
    server.start()
    kept.port = server.port
    yield kept
    server.stop()


class House:
    """One data folder with every channel set up, started as often as asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @asynccontextmanager
    async def running(self) -> AsyncIterator[tuple[AlertsService, Log, httpx.AsyncClient]]:
        clock = SystemClock()
        log = EmbeddedLog(self.folder / "log.db", clock)
        await log.start()
        await log.create_topics(PARTITIONS, KEEP_DAYS)
        settings = load(AlertsSettings)
        service = AlertsService(settings, log, clock, channels_of(settings, clock))
        await upgrade(service.engine, PACKAGE)
        await service.start()
        app = make_app([service], KeyRing(self.folder / "keys.json"), "test")
        try:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://banso") as client:
                yield service, log, client
        finally:
            await service.stop()
            await log.stop()


@pytest.fixture
def house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slack: SlackServer, hooks: HookServer, box: MailBox
) -> House:
    (tmp_path / "plays.yaml").write_text(PLAYS)
    for name in ("new", "cur", "tmp"):
        (tmp_path / "returned" / name).mkdir(parents=True)
    said = {
        "BANSO_DATA_DIR": str(tmp_path),
        "BANSO_PLAYS_FILE": str(tmp_path / "plays.yaml"),
        "BANSO_PUBLIC_URL": "https://banso.example",
        "BANSO_SLACK_TOKEN": TOKEN,
        "BANSO_SLACK_URL": slack.url,
        "BANSO_SLACK_SIGNING_SECRET": SECRET,
        "BANSO_SMTP_HOST": "127.0.0.1",
        "BANSO_SMTP_PORT": str(box.port),
        "BANSO_SMTP_TLS": "none",
        "BANSO_MAIL_FROM": "banso@vendor.example",
        "BANSO_LINK_SECRET": "a secret of sixteen",
        "BANSO_GROUP_WAIT_S": "0",
        "BANSO_GROUP_INTERVAL_S": "0",
        "BANSO_GROUP_FROM": "0",
        "BANSO_VOICE_HOUSE_HOURS": "0",
        "BANSO_BOUNCE_MAILDIR": str(tmp_path / "returned"),
        "BANSO_WEBHOOK_URL": hooks.url,
        "BANSO_WEBHOOK_SECRET": HOOK_SECRET,
        "BANSO_WEBHOOK_ALLOW_PRIVATE": "true",
    }
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    return House(tmp_path)


def news(account: str = "acme") -> AccountSignal:
    now = SystemClock().now()
    return signal(account, said_at=now, opened_at=now)


async def until(true: Callable[[], bool]) -> None:
    """Wait for something that another task does."""
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110 -- it happens in another process's terms: nobody tells us
            await asyncio.sleep(0.02)


async def caught_up(service: AlertsService) -> None:
    """Wait until every signal is decided and nothing is due."""
    async with asyncio.timeout(30):
        while not await service.caught_up():  # noqa: ASYNC110 -- it is a question, as a replay asks it
            await asyncio.sleep(0.02)


async def test_one_signal_goes_out_by_every_channel_and_what_people_do_comes_back(
    house: House, slack: SlackServer, hooks: HookServer, box: MailBox
) -> None:
    async with house.running() as (_, log, client):
        await say(log, [news()])
        await until(lambda: bool(slack.outreach_ids() and hooks.received and box.mails))
        (hook,), (mail,), (outreach_id,) = hooks.received, map(read, box.mails), slack.outreach_ids()
        assert Webhook(HOOK_SECRET).verify(hook.body, hook.headers)["data"]["account"] == "acme"

        now = SystemClock().now()
        body = click(outreach_id, "acknowledged", now)
        assert (await client.post(URL, content=body, headers=signed(body, now))).status_code == 200
        await until(lambda: "<@U0SATO>" in str(slack.message_of(outreach_id)["blocks"]))

        link = re.search(r"<https://banso\.example(/v1/unsubscribe/[^>]+)>", str(mail["List-Unsubscribe"]))
        assert link is not None
        assert (await client.post(link.group(1), content=b"List-Unsubscribe=One-Click")).status_code == 200
        await say(log, [news("next")])
        await until(lambda: len(slack.outreach_ids()) == 2 and len(hooks.received) == 2)
        assert len(box.mails) == 1


async def test_the_whole_log_read_again_sends_nothing(
    house: House, slack: SlackServer, hooks: HookServer, box: MailBox
) -> None:
    async with house.running() as (service, log, _):
        await say(log, [news(), news("other")])
        await until(lambda: len(slack.outreach_ids()) == len(hooks.received) == len(box.mails) == 2)
        await caught_up(service)
        async with transaction(service.engine) as tx:
            await tx.execute(update(t.checkpoint).values(next_offset=0))
    async with house.running() as (service, log, _):
        await say(log, [news("newest")])
        await until(lambda: len(slack.outreach_ids()) == len(hooks.received) == len(box.mails) == 3)
        await caught_up(service)
    assert len(slack.outreach_ids()) == len(hooks.received) == len(box.mails) == 3


async def test_a_mail_that_comes_back_into_the_folder_ends_its_address(
    house: House, slack: SlackServer, box: MailBox
) -> None:
    async with house.running() as (_, log, _):
        await say(log, [news()])
        await until(lambda: bool(box.mails))
    outreach_id = str(read(box.mails[0])["Message-ID"])[1:33]
    (house.folder / "returned" / "new" / "1").write_bytes(bounce(outreach_id=outreach_id))
    async with house.running() as (_, log, _):
        await until(lambda: not list((house.folder / "returned" / "new").iterdir()))
        await say(log, [news("next")])
        await until(lambda: len(slack.outreach_ids()) == 2)
    assert len(box.mails) == 1
