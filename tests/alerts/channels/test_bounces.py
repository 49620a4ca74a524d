"""What mail systems send back: who is given up, and who is not."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_alerts.channels.bounces import REPORT_BYTES_MAX, Bounce, bounces_of
from banso_alerts.domain.suppression import SuppressionReason, ends_address
from banso_common.errors import Refused, TooLarge
from tests.alerts.reports import ID, bounce, complaint

BOUNCED = SuppressionReason.BOUNCED
SATO = "sato@vendor.example"


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
def test_a_failure_for_good_names_the_address_and_the_outreach(returned: str) -> None:
    (found,) = bounces_of(bounce(returned=returned))
    said = f"5.1.1 smtp; 550 5.1.1 <{SATO}>: Recipient address rejected"
    assert found == Bounce(SATO, BOUNCED, "5.1.1", said, ID)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": "5.1.10"}, BOUNCED),
        ({"status": "5.0.0"}, BOUNCED),
        ({"status": "5.2.1"}, BOUNCED),
        ({"status": "5.4.4"}, BOUNCED),
        ({"status": "5.1.1 (unknown user)"}, BOUNCED),
        ({"status": "4.2.2"}, None),
        ({"status": "4.4.7"}, None),
        ({"status": "5.2.2"}, None),
        ({"status": "5.1.8"}, None),
        ({"status": "5.7.1"}, None),
        ({"status": "2.1.5", "action": "delivered"}, None),
        ({"status": "5.1.1", "action": "delayed"}, None),
        ({"status": ""}, None),
    ],
)
def test_only_a_failure_for_good_of_the_address_itself_ends_it(
    changes: dict[str, str], reason: SuppressionReason | None
) -> None:
    assert [found.reason for found in bounces_of(bounce(**changes))] == [reason]


def test_without_the_original_recipient_the_final_one_is_meant() -> None:
    assert [found.address for found in bounces_of(bounce(original=""))] == [SATO]
    other = bounce(original="Original-Recipient: x400; /C=JP/\n")
    assert [found.address for found in bounces_of(other)] == [SATO]


def test_a_report_on_somebody_elses_mail_tells_of_no_outreach() -> None:
    assert [found.outreach_id for found in bounces_of(bounce(outreach_id=None))] == [None]


@pytest.mark.parametrize(("kind", "reason"), [("abuse", SuppressionReason.COMPLAINED), ("not-spam", None)])
def test_a_complaint_is_one(kind: str, reason: SuppressionReason | None) -> None:
    (found,) = bounces_of(complaint(kind=kind))
    assert (found.address, found.reason, found.outreach_id) == (SATO, reason, ID)


def test_an_ordinary_mail_is_no_report_and_one_beyond_measure_is_not_read() -> None:
    mail = EmailMessage()
    mail["Subject"] = "Undelivered Mail"
    mail.set_content("Final-Recipient: rfc822; sato@vendor.example\nAction: failed\nStatus: 5.1.1\n")
    for raw in (b"", mail.as_bytes(), b"\xff\x00"):
        with pytest.raises(Refused, match="not-a-report"):
            bounces_of(raw)
    with pytest.raises(TooLarge):
        bounces_of(bounce() + b" " * REPORT_BYTES_MAX)


@given(st.data())
def test_a_report_that_is_damaged_is_read_or_refused_and_never_more(data: st.DataObject) -> None:
    raw = bytearray(bounce())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place : place + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=20))
    try:
        found = bounces_of(bytes(raw))
    except Refused:
        return
    assert all(each.reason is None or ends_address(each.status) for each in found)
