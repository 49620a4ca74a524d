"""Examples of the journey's answers; the tests hold them to the shapes."""

from __future__ import annotations

from pydantic.config import JsonDict

_LIVE: JsonDict = {
    "accounts": 42,
    "goal": [
        {
            "metric": "active_days",
            "label": {"ja": "利用した日数（28日）", "en": "active days of 28"},
            "at_least": 12,
            "at_most": None,
            "met": 17,
            "known": 40,
            "share": 0.4048,
        }
    ],
    "goal_met": 17,
    "stalled": 6,
    "barred": 0,
    "days_median": 51,
    "passed": 9,
    "fell_back": 1,
    "passed_days_median": 64,
}
TABLE: JsonDict = {
    "day": "2026-11-21",
    "model_version": "b2b-software@45155efe3091",
    "accounts": 42,
    "phases": [
        {
            "key": "operation",
            "label": {"ja": "運用", "en": "operation"},
            "do": {"ja": "日々の業務の中で使う", "en": "use it in the daily work"},
            "experience": {"ja": "使うことが当たり前になる", "en": "it is a habit"},
            "services": {"ja": "活用レビュー、問い合わせ対応", "en": "reviews of use, support"},
            "dwell_days": 14,
            "expected_days": 120,
            "optional": False,
            "renews": False,
            "next": "adoption",
            "lapse_to": None,
            "live": _LIVE,
            "cells": [
                {
                    "cell": "integration",
                    "label": {"ja": "がっつりSI系", "en": "integration-like"},
                    "expected_days": 120,
                    "live": _LIVE,
                }
            ],
        }
    ],
}
