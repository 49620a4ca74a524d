"""Answers that OpenAPI shows as examples; the tests hold them to the shapes."""

from __future__ import annotations

from pydantic.config import JsonDict

from banso_scoring.api.matrix.examples_matrix import CELL_MOVES, CELL_WHY, TOUCH_WHY

_ERRORS: JsonDict = {"ja": "エラー", "en": "errors"}
_ACTIVE_DAYS: JsonDict = {"ja": "利用した日数（28日）", "en": "active days of 28"}

TROUBLE: JsonDict = {
    "opened_on": "2026-11-17",
    "contacted_on": None,
    "answered_on": None,
    "resolved_on": None,
    "ended_on": None,
    "stage": "unspoken",
    "outcome": "goes-on",
}
SUMMARY: JsonDict = {
    "account": "acme",
    "name": "Acme 株式会社",
    "owner": "sato@vendor.example",
    "touch": "high",
    "cell": "dream",
    "cell_since": "2026-06-02",
    "acv": 12_000_000,
    "currency": "JPY",
    "renewal_at": "2027-03-31T00:00:00.000Z",
    "score": 55,
    "coverage": 0.72,
    "band": "watch",
    "phase": "operation",
    "phase_entered_on": "2026-09-14",
    "ended_on": None,
    "trouble": "unspoken",
    "signals": ["silent-struggling"],
    "last_event_on": "2026-11-20",
    "feed": {"state": "fresh", "source": None, "since": None},
    "model_version": "b2b-software@45155efe3091",
    "changed_at": "2026-11-21T00:03:12.481Z",
}
LIST: JsonDict = {"accounts": [SUMMARY], "next": "WyI1ZjE0…"}
DETAIL: JsonDict = {
    "summary": SUMMARY,
    "day": "2026-11-21",
    "score_between": None,
    "attributes": {
        "seats": 40,
        "owner_name": "佐藤",
        "owner_email": "sato@vendor.example",
        "owner_slack": "U123",
        "owner_locale": "ja",
        "owner_time_zone": None,
        "contact_name": "山田 太郎",
        "contact_email": "yamada@acme.example",
        "time_zone": "Asia/Tokyo",
        "locale": "ja",
        "commitment": "high",
        "category": "new",
    },
    "dimensions": [
        {
            "name": "smoothness",
            "label": {"ja": "順調さ", "en": "smoothness"},
            "weight": 30,
            "score": 5.0,
            "metrics": ["trouble", "friction_rate"],
        }
    ],
    "metrics": [
        {"name": "active_days", "label": _ACTIVE_DAYS, "kind": "active-days", "value": 9, "points": 65.0},
    ],
    "phase": {
        "key": "operation",
        "label": {"ja": "運用", "en": "operation"},
        "entered_on": "2026-09-14",
        "days": 68,
        "term": 1,
        "expected_days": 120,
        "stalled": False,
        "goal": [
            {
                "metric": "active_days",
                "label": _ACTIVE_DAYS,
                "at_least": 12,
                "at_most": None,
                "value": 9,
                "progress": 0.75,
                "met": False,
                "per_week": 0.5,
                "per_week_low": 0.32,
                "per_week_high": 0.7,
            }
        ],
        "blocked_by": ["active_days"],
        "barred": False,
        "held_since": None,
        "dwell_days": 14,
        "next": "adoption",
        "estimate": {
            "days": 55,
            "days_low": 43,
            "days_high": 79,
            "on": "2027-01-15",
            "confidence": 0.8,
            "cannot_say": None,
            "metric": "active_days",
        },
    },
    "phases": [
        {
            "phase": "implementation",
            "entered_on": "2026-06-02",
            "left_on": "2026-09-14",
            "days": 104,
            "left_by": "passed",
            "term": 1,
        },
        {
            "phase": "operation",
            "entered_on": "2026-09-14",
            "left_on": None,
            "days": 68,
            "left_by": None,
            "term": 1,
        },
    ],
    "following": {
        "pattern": "daily-work",
        "since": "2026-10-01",
        "wavering_since": None,
        "patterns": [
            {"key": "daily-work", "label": {"ja": "日々の業務", "en": "daily work"}, "follows": True, "score": 55.2},
            {"key": "month-end", "label": {"ja": "月末締め", "en": "month's end"}, "follows": False, "score": 31.0},
        ],
    },
    "plan": {
        "state": "behind",
        "attainment": 0.36,
        "elapsed": 0.75,
        "score_before": 55,
        "ceiling": 63.8,
        "is_capping": False,
        "objectives": [
            {
                "key": "invoice-time",
                "name": "請求書の処理時間",
                "unit": "分",
                "baseline": 40,
                "target": 15,
                "weight": 1,
                "agreed_on": "2026-06-02",
                "due_on": "2027-01-17",
                "metric": None,
                "value": 31,
                "attainment": 0.36,
                "elapsed": 0.75,
                "on_track": False,
                "fault": None,
                "progress": [{"at": "2026-11-02T00:00:00.000Z", "known_at": "2026-11-02T01:12:00.000Z", "value": 31}],
            }
        ],
        "tasks": [],
    },
    "cell_why": [*CELL_WHY],
    "cell_moves": [*CELL_MOVES],
    "cell_plays": ["define-the-goal", "first-small-success"],
    "touch_why": TOUCH_WHY,
    "own_attributes": {"plan": "enterprise", "machines": 120},
    "trouble": {"stage": "unspoken", "factor": 0.55, "days": 5, "forgotten_on": None, "episode": TROUBLE},
    "troubles": [TROUBLE],
    "signals": [{"kind": "silent-struggling", "severity": "critical", "episode": 1, "opened_on": "2026-11-18"}],
    "evidence": {
        "window_days": 56,
        "attempts": 162,
        "channels": [
            {
                "channel": "error",
                "label": _ERRORS,
                "seen": 42,
                "expected": 3.2,
                "users": 3,
                "log_evidence": 6.0,
                "event": "export error",
                "event_seen": 42,
                "days": 6,
            }
        ],
        "contacts_seen": 0,
        "contacts_expected": 4.3,
        "no_contact_probability": 0.025,
        "log_odds": 3.12,
        "enough_data": True,
        "sentence": {
            "ja": "「export error」が6日間に42回（3人、通常は3.2回）、同じような顧客は4.3回問い合わせますが、"
            "このお客様は0回です。黙る理由がないのにこうなる確率は2 %です。",
            "en": "42 export errors by 3 users in 6 days, usually 3.2; accounts like this write 4.3 times, "
            "this one wrote 0. The chance of that, had they no reason to be silent: 2 %.",
        },
    },
    "history": [
        {
            "day": "2026-11-20",
            "score": 55.8,
            "coverage": 0.72,
            "band": "watch",
            "phase": "operation",
            "model_version": "b2b-software@45155efe3091",
        }
    ],
    "facts": {
        "first_event_on": "2026-06-02",
        "last_event_on": "2026-11-20",
        "window_from": "2026-07-19",
        "window_to": "2026-11-21",
        "days_with_facts": 84,
    },
}
