"""Bounces and complaints as mail systems write them."""

from __future__ import annotations

from typing import Any

ID = "b16d84f0c917edb2ce450ce2358a47d4"


def bounce(address: str = "sato@vendor.example", outreach_id: str | None = ID, **changes: Any) -> bytes:
    """A delivery status notification of Postfix's form; `changes` are `action`, `status`, `original` or `returned`."""
    said = {"action": "failed", "status": "5.1.1", "original": f"Original-Recipient: rfc822;{address}\n"} | changes
    mail = f"Message-ID: <{outreach_id}@vendor.example>\nSubject: =?utf-8?b?5Zuw?=\n" if outreach_id else "Subject: x\n"
    kind = said.get("returned", "message/rfc822")
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: banso@vendor.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Mon,  2 Mar 2026 12:00:01 +0900 (JST)

Final-Recipient: rfc822; {address}
{said["original"]}Action: {said["action"]}
Status: {said["status"]}
Remote-MTA: dns; mail.vendor.example
Diagnostic-Code: smtp; 550 {said["status"]} <{address}>:
    Recipient address rejected

--B
Content-Description: Undelivered Message
Content-Type: {kind}

{mail}
body

--B--
""".replace("\n", "\r\n").encode()


def complaint(address: str = "sato@vendor.example", outreach_id: str | None = ID, kind: str = "abuse") -> bytes:
    """An abuse report (RFC 5965)."""
    mail = f"Message-ID: <{outreach_id}@vendor.example>\nSubject: x\n" if outreach_id else "Subject: x\n"
    return f"""From: <abusedesk@isp.example>
To: <banso@vendor.example>
Subject: FW: x
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="B"

--B
Content-Type: text/plain

This is an email abuse report.

--B
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Rcpt-To: {address}

--B
Content-Type: message/rfc822

{mail}
body

--B--
""".replace("\n", "\r\n").encode()
