"""Signals, candidates and rules as tests need them, every field said by a default."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from banso_alerts.domain.hours import OpenHours
from banso_alerts.domain.outreach import Candidate, ChannelName
from banso_alerts.domain.plays import Play
from banso_alerts.domain.recipients import Directory, candidates
from banso_alerts.domain.stages.stage import Rules
from banso_alerts.plays_file import default_plays
from banso_common.clock import SECOND_MS
from banso_common.contracts.account_signal import (
    SUBJECT_PREFIX,
    VERSION,
    AccountSignal,
    AffectedAccount,
    Band,
    ChannelEvidence,
    Evidence,
    Incident,
    Severity,
    SignalKind,
    SignalState,
    TouchModel,
    feed_subject,
    signal_key,
)

TOKYO = ZoneInfo("Asia/Tokyo")


def at(text: str, zone: ZoneInfo = TOKYO) -> int:
    """The instant of a wall-clock time, in Tokyo unless told."""
    return round(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()) * SECOND_MS


MONDAY_NOON = at("2026-03-02T12:00")


def channel(key: str, labels: dict[str, str], **said: Any) -> ChannelEvidence:
    """One kind of trouble, called as the success model calls it."""
    return ChannelEvidence(channel=key, labels=labels, **said)


def evidence(**changes: Any) -> Evidence:
    """14 failed imports by 4 users in 14 days, usually 3; 2.3 contacts expected, none seen."""
    said: dict[str, Any] = {
        "window_days": 14,
        "attempts": 40,
        "channels": [
            channel(
                "login", {"ja": "ログイン失敗", "en": "Login failed"}, seen=1, expected=0.4, users=1, log_evidence=0.2
            ),
            channel(
                "import", {"ja": "取込の失敗", "en": "Import failed"}, seen=14, expected=3.0, users=4, log_evidence=4.1
            ),
        ],
        "contacts_seen": 0,
        "contacts_expected": 2.3,
        "no_contact_probability": 0.18,
        "log_odds": 2.5,
    }
    return Evidence(**{**said, **changes})


def signal(account: str = "acme", episode: int = 1, **changes: Any) -> AccountSignal:
    """A silent, struggling account with an owner in Japan; `changes` replace any field."""
    kind = changes.get("kind", SignalKind.SILENT_STRUGGLING)
    state = changes.get("state", SignalState.OPENED)
    said: dict[str, Any] = {
        "v": VERSION,
        "key": signal_key(account, kind, episode, state),
        "kind": kind,
        "state": state,
        "severity": Severity.WARNING,
        "account": account,
        "episode": episode,
        "said_at": MONDAY_NOON,
        "opened_at": MONDAY_NOON,
        "account_name": "Acme",
        "touch": TouchModel.HIGH,
        "phase": "operation",
        "phase_labels": {"ja": "運用", "en": "operation"},
        "band": Band.CRITICAL,
        "coverage": 0.8,
        "model_version": "1",
        "score": 34.0,
        "evidence": evidence(),
        "acv": 1_200_000 * 1_000_000,
        "currency": "JPY",
        "owner_name": "佐藤",
        "owner_email": "sato@vendor.example",
        "owner_slack": "U0SATO",
        "owner_locale": "ja-JP",
        "contact_name": "Tanaka",
        "contact_email": "tanaka@acme.example",
        "locale": "en-US",
        "time_zone": "America/New_York",
    }
    return AccountSignal(**{**said, **changes})


def incident(**changes: Any) -> Incident:
    """Failed imports of version 2.3.1 in three accounts, of which one wrote."""
    accounts = [
        AffectedAccount(
            account=f"firm-{n}",
            name=f"Firm {n}",
            seen=20 - n,
            contacted=n == 3,
            acv=n * 1_000_000 * 1_000_000,
            currency="JPY",
            owner_email="sato@vendor.example",
        )
        for n in (1, 2, 3)
    ]
    said: dict[str, Any] = {
        "event": "import.failed",
        "feature": "csv",
        "version": "2.3.1",
        "first_at": MONDAY_NOON,
        "accounts": accounts,
        "accounts_total": 3,
        "silent_total": 2,
        "expected": 0.1,
    }
    return Incident(**{**said, **changes})


def of_incident(state: SignalState = SignalState.OPENED, **changes: Any) -> AccountSignal:
    """What scoring says of that incident."""
    said: dict[str, Any] = {
        "kind": SignalKind.SILENT_INCIDENT,
        "state": state,
        "incident": incident(),
        "evidence": None,
        "owner_email": None,
        "owner_slack": None,
        "owner_name": None,
        "contact_email": None,
        "detail": {"contact_known": 1, "days": 3, "lasting": 0},
    }
    return signal(f"{SUBJECT_PREFIX}incident/0b47709ac98d4c67", **{**said, **changes})


def of_feed(state: SignalState = SignalState.OPENED, **changes: Any) -> AccountSignal:
    """What scoring says of a feed that is no longer heard."""
    said: dict[str, Any] = {
        "kind": SignalKind.FEED_STALE,
        "state": state,
        "severity": Severity.CRITICAL,
        "account_name": "app",
        "evidence": None,
        "owner_email": None,
        "owner_slack": None,
        "owner_name": None,
        "contact_email": None,
        "detail": {
            "why": "quiet",
            "heard_at": at("2026-03-02T09:31"),
            "quiet_hours": 27.4,
            "patience_hours": 26.0,
            "accounts": 412,
        },
    }
    return signal(feed_subject("app"), **{**said, **changes})


shipped_plays = cache(default_plays)


def play(name: str = "call-the-silent") -> Play:
    """A shipped play."""
    return next(each for each in shipped_plays() if each.name == name)


def directory(*channels: ChannelName, team: dict[ChannelName, str] | None = None) -> Directory:
    """What is set up: Slack, unless told."""
    return Directory(
        channels=frozenset(channels or {ChannelName.SLACK}),
        team=team or {},
        locale="en",
        time_zone="Asia/Tokyo",
    )


def candidate(of: AccountSignal | None = None, by: Play | None = None, through: Directory | None = None) -> Candidate:
    """The first candidate of a signal and a play."""
    return candidates(of or signal(), by or play(), through or directory())[0]


def hours(*closed: date) -> OpenHours:
    """Monday to Friday, 9 to 18, but for the days given."""
    return OpenHours(9 * 60, 18 * 60, frozenset({1, 2, 3, 4, 5}), lambda day: day in closed)


def rules(**changes: Any) -> Rules:
    """No holdout, a cap of two."""
    said: dict[str, Any] = {"holdout_share": 0.0, "holdout_salt": "salt", "cap_per_day": 2, "hours": hours()}
    return Rules(**{**said, **changes})


def utc(text: str) -> int:
    """The instant of a time in UTC."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND_MS
