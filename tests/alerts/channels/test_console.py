"""The console prints a message that a person can read, and nothing that a terminal obeys."""

from __future__ import annotations

from banso_alerts.channels.console import ConsoleChannel
from banso_alerts.domain.delivery import Sent
from tests.alerts.letters import letter
from tests.alerts.made import signal


async def test_a_message_is_printed_whole_with_its_evidence() -> None:
    printed: list[str] = []
    sent = letter("console", signal(owner_locale="en"))
    assert await ConsoleChannel(printed.append).send(sent) == Sent(f"console/{sent.message.outreach_id}")
    (text,) = printed
    assert "→ 佐藤  [warning]" in text
    assert "■ Acme is in trouble and says nothing" in text
    assert "“Import failed” 14 times by 4 users in 14 days, usually 3" in text


async def test_a_name_cannot_move_the_cursor() -> None:
    printed: list[str] = []
    evil = letter("console", signal(owner_name="\x1b[2J"), name="\x1b[2J\n")
    await ConsoleChannel(printed.append).send(evil)
    assert "\x1b" not in printed[0]
    assert "\\x1b[2J\\n" in printed[0]
