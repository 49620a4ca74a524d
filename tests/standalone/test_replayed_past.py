"""The replayed past goes nowhere outside: a real mail server hears nothing of it, and hears what comes after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from banso_alerts import tables as alerts
from banso_common.contracts.codec import encode
from banso_common.contracts.topics import Topic, partition_of
from banso_common.log.port import Outgoing
from tests.alerts.made import signal
from tests.alerts.mail_server import AnyPort, MailBox, read
from tests.standalone.house import NOW_AT, House, fresh_journal, open_house
from tests.standalone.test_replay import rows

DAYS = 50
MODULE = "AAA"


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailBox]:
    """What a mail server gets that is set up for owners and for the team."""
    kept = MailBox()
    server = AnyPort(kept, hostname="127.0.0.1", port=0)
    server.start()
    monkeypatch.setenv("BANSO_GROUP_WAIT_S", "0")  # nothing waits for company
    said = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(server.port), "SMTP_TLS": "none", "MAIL_TEAM": "team@v.example"}
    for name, value in said.items():
        monkeypatch.setenv(f"BANSO_{name}", value)
    yield kept
    server.stop()


async def test_a_mail_server_hears_nothing_of_the_replayed_past_and_what_comes_after_it(
    data_dir: Path, box: MailBox
) -> None:
    async with open_house(data_dir, fresh_journal(DAYS, MODULE)) as house:
        await house.replay()
        past = await rows(house, alerts.outreach)
        assert {(row["channel"], row["state"], row["reason"]) for row in past} == {("email", "held", "replayed")}
        assert box.mails == []

        assert not house.clock.is_virtual
        await say_signal(house)
        await house.standalone.drained()
        assert [read(mail)["To"].addresses[0].addr_spec for mail in box.mails] == ["sato@vendor.example"]
        states = Counter(row["state"] for row in await rows(house, alerts.outreach))
        assert states == {"held": len(past), "sent": 1}


async def say_signal(house: House) -> None:
    """A signal of now, where scoring would write it."""
    said = signal("acme", said_at=NOW_AT, opened_at=NOW_AT)
    partition = partition_of(said.account, house.standalone.partitions)
    writer = await house.standalone.log.writer()
    key = said.account.encode()
    await writer.write([Outgoing(Topic.ACCOUNT_SIGNALS, [partition], [key], [encode(said)])])
    await writer.close()
