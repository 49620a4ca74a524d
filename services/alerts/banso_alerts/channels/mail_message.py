"""A letter as a mail: plain text and HTML, a Message-ID that never changes, headers that nobody can add to."""

from __future__ import annotations

from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, parseaddr

from banso_alerts.channels.port import Letter
from banso_alerts.channels.unsubscribe import WayOut
from banso_alerts.domain.plays import Audience
from banso_alerts.render.sinks import mail_header
from banso_alerts.render.written import as_html, as_text
from banso_common.clock import SECOND_MS
from banso_common.errors import Refused

NO_WAY_OUT = WayOut()
SUBJECTS_WITHOUT_NAME = {"ja": "banso からのお知らせ", "en": "A message from banso"}


class UnbrokenLinks(EmailPolicy):
    """Mails for SMTP whose List-Unsubscribe stands as it is: the library writes links that are longer than a line as
    encoded words, which no mail program takes for links."""

    def fold(self, name: str, value: str) -> str:
        if name == "List-Unsubscribe":
            return f"{name}: " + str(value).replace(", ", f",{self.linesep} ") + self.linesep
        folded: str = super().fold(name, value)
        return folded

    def fold_binary(self, name: str, value: str) -> bytes:
        return (
            self.fold(name, value).encode("ascii") if name == "List-Unsubscribe" else super().fold_binary(name, value)
        )


POLICY = UnbrokenLinks(linesep=SMTP.linesep)


def mail_of(letter: Letter, sender: str, sent_at: int, way_out: WayOut = NO_WAY_OUT) -> EmailMessage:
    """The mail of a letter. Raises Refused for an address that is none.

    A title that could end its header is not used: the subject is then a neutral one, the title stands in the body.
    """
    message = letter.message
    mail = EmailMessage(policy=POLICY)
    mail["From"] = sender_of(sender)
    mail["To"] = _recipient(letter)
    if letter.about.audience is Audience.CONTACT and letter.about.owner:
        mail["Reply-To"] = _address("", letter.about.owner)
    try:
        mail["Subject"] = mail_header(message.title)
    except Refused:
        mail["Subject"] = SUBJECTS_WITHOUT_NAME[message.locale]
    mail["Date"] = format_datetime(datetime.fromtimestamp(sent_at / SECOND_MS, UTC))
    mail["Message-ID"] = message_id(message.outreach_id, sender)
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = message.locale
    for name, value in way_out.headers(message.outreach_id).items():
        mail[name] = value
    leave = way_out.link(message.outreach_id)
    mail.set_content(as_text(message, leave), cte="base64")
    mail.add_alternative(as_html(message, leave), subtype="html", cte="base64")
    return mail


def message_id(outreach_id: str, sender: str) -> str:
    """The Message-ID of an outreach, the same on every attempt."""
    return f"<{outreach_id}@{sender_of(sender).domain}>"


def sender_of(sender: str) -> Address:
    """`Name <name@host>` or `name@host` as an address. Raises Refused."""
    name, plain = parseaddr(sender)
    return _address(name, plain)


def _recipient(letter: Letter) -> Address:
    try:
        return _address(mail_header(letter.recipient_name or ""), letter.address)
    except Refused:
        return _address("", letter.address)


def _address(name: str, plain: str) -> Address:
    wrong = Refused("mail-address", "this is no mail address that a mail can be sent to")
    if not plain.isascii() or plain.count("@") != 1 or any(char.isspace() for char in plain):
        raise wrong
    try:
        found = Address(display_name=mail_header(name), addr_spec=mail_header(plain))
    except (ValueError, IndexError, HeaderParseError):
        raise wrong from None
    if not found.username or not found.domain:
        raise wrong
    return found
