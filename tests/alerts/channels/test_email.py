"""Mail against a real SMTP server in this process: what arrives, under which id, and what each refusal means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from pydantic import SecretStr

from banso_alerts.channels.email import EmailChannel, SmtpServer
from banso_alerts.domain.delivery import Rejected, Retry, Sent, Unsure
from banso_alerts.domain.suppression import SuppressionReason
from banso_alerts.render.written import ACCENTS
from banso_common.clock import ManualClock
from banso_common.contracts.account_signal import Severity
from tests.alerts.letters import customers_letter, letter
from tests.alerts.made import MONDAY_NOON, signal
from tests.alerts.mail_server import AnyPort, MailBox, read


@pytest.fixture
def box() -> MailBox:
    return MailBox()


@pytest.fixture
def server(box: MailBox) -> Iterator[AnyPort]:
    running = AnyPort(box, hostname="127.0.0.1", port=0)
    running.start()
    yield running
    running.stop()


def channel(port: int, **changes: Any) -> EmailChannel:
    said: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "tls": "none",
        "user": None,
        "password": None,
        "sender": "伴走 <banso@vendor.example>",
        "timeout_s": 5.0,
    }
    return EmailChannel(SmtpServer(**{**said, **changes}), ManualClock(MONDAY_NOON))


async def test_a_mail_arrives_in_text_and_html_and_says_that_a_machine_wrote_it(server: AnyPort, box: MailBox) -> None:
    sent = letter("sato@vendor.example")
    answer = await channel(server.port).send(sent)
    (envelope,) = box.mails
    mail = read(envelope)
    assert answer == Sent(f"<{sent.message.outreach_id}@vendor.example>")
    assert (envelope.mail_from, envelope.rcpt_tos) == ("banso@vendor.example", ["sato@vendor.example"])
    assert mail["Message-ID"] == f"<{sent.message.outreach_id}@vendor.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Subject"] == sent.message.title
    assert mail["To"].addresses[0].display_name == "佐藤"
    assert mail["From"].addresses[0].display_name == "伴走"
    assert mail["Date"].datetime.timestamp() * 1_000 == MONDAY_NOON
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "「取込の失敗」が14日間に14回" in plain.get_content()
    assert ">「取込の失敗」が14日間に14回" in html.get_content()
    assert all(len(line) <= 998 for line in bytes(mail).splitlines())


async def test_every_attempt_has_the_same_message_id(server: AnyPort, box: MailBox) -> None:
    for _ in range(2):
        await channel(server.port).send(letter("sato@vendor.example"))
    assert len({read(mail)["Message-ID"] for mail in box.mails}) == 1
    assert channel(server.port).can_find is False


@pytest.mark.parametrize(
    "name",
    [
        "Acme\r\nBcc: spy@evil.example",
        "=?utf-8?q?a=0D=0ABcc:_spy@evil.example?=",
        "=?utf-8?b?DQpCY2M6IHNweUBldmlsLmV4YW1wbGU=?=",
    ],
)
async def test_a_name_from_outside_adds_no_header_and_no_recipient(server: AnyPort, box: MailBox, name: str) -> None:
    await channel(server.port).send(letter("sato@vendor.example"))
    evil = letter("sato@vendor.example", signal(account_name=name), name=name)
    assert isinstance(await channel(server.port).send(evil), Sent)
    plain, injected = (read(mail) for mail in box.mails)
    assert injected.keys() == plain.keys()
    assert box.mails[1].rcpt_tos == ["sato@vendor.example"]
    assert str(injected["To"].addresses[0].addr_spec) == "sato@vendor.example"
    assert len(str(injected["Subject"]).splitlines()) == 1


async def test_a_title_that_could_end_its_header_stands_in_the_body_and_not_in_the_subject(
    server: AnyPort, box: MailBox
) -> None:
    await channel(server.port).send(letter("sato@vendor.example", signal(account_name="=?utf-8?q?x=0D=0A?=")))
    mail = read(box.mails[0])
    assert mail["Subject"] == "banso からのお知らせ"
    body = mail.get_body(("plain",))
    assert body is not None
    assert "=?utf-8?q?x=0D=0A?=" in body.get_content()


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@b@c", "a b@c.example", "a@c.example\r\nRCPT TO:<spy@evil.example>", "佐藤@c.example", "@c", "a@"],
)
async def test_an_address_that_is_none_is_rejected_before_anything_is_sent(
    server: AnyPort, box: MailBox, address: str
) -> None:
    assert isinstance(await channel(server.port).send(letter(address)), Rejected)
    assert box.mails == []


@pytest.mark.parametrize(
    ("command", "reply", "kind"),
    [
        ("MAIL", "451 try later", Retry),
        ("MAIL", "550 no", Rejected),
        ("RCPT", "450 mailbox busy", Retry),
        ("RCPT", "550 no such user", Rejected),
        ("DATA", "452 full", Retry),
        ("DATA", "554 spam", Rejected),
        ("DATA", "hang up", Unsure),
    ],
)
async def test_every_reply_of_the_server_has_its_meaning(
    server: AnyPort, box: MailBox, command: str, reply: str, kind: type
) -> None:
    box.replies[command] = reply
    assert type(await channel(server.port).send(letter("sato@vendor.example"))) is kind


@pytest.mark.parametrize(
    ("command", "reply", "ends"),
    [
        ("RCPT", "550 no such user", SuppressionReason.BOUNCED),
        ("RCPT", "550 5.1.1 no such user", SuppressionReason.BOUNCED),
        ("RCPT", "553 mailbox name not allowed", SuppressionReason.BOUNCED),
        ("RCPT", "550 5.7.1 relaying denied", None),
        ("RCPT", "552 5.2.2 mailbox full", None),
        ("RCPT", "554 refused", None),
        ("MAIL", "550 no", None),
        ("DATA", "550 5.1.1 after all", None),
    ],
)
async def test_an_address_is_given_up_only_when_the_server_says_that_it_is_none(
    server: AnyPort, box: MailBox, command: str, reply: str, ends: SuppressionReason | None
) -> None:
    box.replies[command] = reply
    answer = await channel(server.port).send(letter("sato@vendor.example"))
    assert isinstance(answer, Rejected)
    assert answer.ends is ends


async def test_a_customer_answers_to_the_owner_and_is_not_shown_how_grave_it_is(server: AnyPort, box: MailBox) -> None:
    to_owner, to_customer = letter("sato@vendor.example"), customers_letter()
    for each in (to_owner, to_customer):
        await channel(server.port).send(each)
    inside, outside = (read(envelope) for envelope in box.mails)
    assert "Reply-To" not in inside
    assert outside["Reply-To"].addresses[0].addr_spec == "sato@vendor.example"
    bodies = [mail.get_body(("html",)) for mail in (inside, outside)]
    assert [ACCENTS[Severity.WARNING] in body.get_content() for body in bodies if body is not None] == [True, False]


async def test_a_server_that_cannot_be_reached_has_certainly_taken_nothing() -> None:
    assert isinstance(await channel(9).send(letter("sato@vendor.example")), Retry)


async def test_a_server_without_tls_gets_no_mail_when_tls_is_asked_for(server: AnyPort, box: MailBox) -> None:
    answer = await channel(server.port, tls="starttls").send(letter("sato@vendor.example"))
    assert isinstance(answer, Retry)
    assert box.mails == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_a_refused_login_is_the_installations_fault_and_its_mail_waits(box: MailBox) -> None:
    running = AnyPort(
        box,
        hostname="127.0.0.1",
        port=0,
        authenticator=lambda *_: AuthResult(success=False, handled=False),
        auth_required=True,
        auth_require_tls=False,
    )
    running.start()
    try:
        knocking = channel(running.port, user="banso", password=SecretStr("wrong"))
        answer = await knocking.send(letter("sato@vendor.example"))
    finally:
        running.stop()
    assert answer == Retry("the mail server refuses the login", 300_000, counted=False)
