"""The way out of a mail: headers of one click, whole after folding, and a link that only we can make."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import SMTP

import pytest
from pydantic import SecretStr

from banso_alerts.channels.mail_message import mail_of
from banso_alerts.channels.unsubscribe import WayOut, outreach_of, token_of
from tests.alerts.letters import letter
from tests.alerts.made import MONDAY_NOON

SECRET = SecretStr("a secret of sixteen")
OUT = WayOut("https://banso.vendor.example/", SECRET, "leave@vendor.example")
LETTER = letter("sato@vendor.example")
ID = LETTER.message.outreach_id


def sent(way_out: WayOut) -> bytes:
    return mail_of(LETTER, "banso <banso@vendor.example>", MONDAY_NOON, way_out).as_bytes()


def test_the_headers_are_those_of_rfc_8058_and_stand_unbroken_in_the_mails_bytes() -> None:
    raw = sent(OUT)
    unfolded = re.sub(rb"\r\n[ \t]+", b" ", raw.split(b"\r\n\r\n")[0]).decode("ascii").split("\r\n")
    headers = dict(line.split(": ", 1) for line in unfolded)
    link = f"https://banso.vendor.example/v1/unsubscribe/{token_of(SECRET, ID)}"
    mailto = f"mailto:leave@vendor.example?subject=unsubscribe%20{ID}"
    assert headers["List-Unsubscribe"] == f"<{link}>, <{mailto}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))


def test_the_link_stands_in_both_parts_of_the_body() -> None:
    mail = message_from_bytes(sent(OUT), policy=SMTP)
    link = OUT.link(ID)
    assert link is not None
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        assert link in body.get_content()


@pytest.mark.parametrize(
    ("way_out", "wanted", "one_click"),
    [
        (WayOut(), False, False),
        (WayOut("https://banso.vendor.example", None, None), False, False),
        (WayOut(None, SECRET, None), False, False),
        (WayOut(None, None, "leave@vendor.example"), True, False),
        (WayOut("http://banso.internal", SECRET, None), True, False),
        (WayOut("https://banso.vendor.example", SECRET, None), True, True),
    ],
)
def test_one_click_is_promised_only_with_an_https_link(way_out: WayOut, wanted: bool, one_click: bool) -> None:
    headers = way_out.headers(ID)
    assert ("List-Unsubscribe" in headers, "List-Unsubscribe-Post" in headers) == (wanted, one_click)


def test_only_we_can_make_a_token_and_it_names_nobody() -> None:
    token = token_of(SECRET, ID)
    assert outreach_of(SECRET, token) == ID
    assert "sato" not in token
    wrong = ["", ".", ID, f"{ID}.", token + "A", token[:-1], token.replace(ID, "0" * 32), "é." + token, token.upper()]
    assert [outreach_of(SECRET, each) for each in wrong] == [None] * len(wrong)
    assert outreach_of(SecretStr("another secret, as long"), token) is None
