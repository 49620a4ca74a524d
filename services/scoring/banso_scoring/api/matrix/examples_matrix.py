"""Answers about the matrix that OpenAPI shows as examples; the tests hold them to the shapes."""

from __future__ import annotations

from pydantic.config import JsonDict

_COMMITMENT: JsonDict = {"ja": "コミットメント", "en": "commitment"}

CELL_WHY: list[JsonDict] = [
    {
        "axis": "commitment",
        "label": _COMMITMENT,
        "value": "high",
        "value_label": {"ja": "高い", "en": "high"},
        "when": 'commitment in ("high", "高", "高い")',
        "values": {"commitment": "high"},
        "next": None,
        "next_since": None,
        "hold_days": 1,
    }
]
CELL_MOVES: list[JsonDict] = [
    {
        "on": "2026-09-01",
        "from_cell": "never-used",
        "to_cell": "dream",
        "why": [
            {
                "axis": "commitment",
                "value": "high",
                "when": 'commitment in ("high", "高", "高い")',
                "values": {"commitment": "high"},
            }
        ],
    }
]
TOUCH_WHY: JsonDict = {
    "touch": "high",
    "reason": "cell",
    "wanted": "high",
    "hours_month": 8.0,
    "cost_year": 768_000,
    "cost_allowed": 2_400_000,
}
MATRIX: JsonDict = {
    "axes": [
        {
            "key": "commitment",
            "label": _COMMITMENT,
            "values": [
                {
                    "key": "high",
                    "label": {"ja": "高い", "en": "high"},
                    "when": 'commitment in ("high", "高", "高い")',
                },
                {"key": "low", "label": {"ja": "低い", "en": "low"}, "when": ""},
            ],
            "default": "low",
            "hold_days": 1,
        }
    ],
    "cells": [
        {
            "key": "dream",
            "label": {"ja": "夢膨らむソリューション系", "en": "dream solution"},
            "at": [{"commitment": "high", "category": "new"}],
            "touch": "high",
            "plays": ["define-the-goal"],
            "emphasis": {"breadth": 1.5},
            "accounts": 12,
            "acv": [{"currency": "JPY", "acv": 96_000_000}],
            "score_mean": 61.4,
            "bands": {"healthy": 5, "watch": 4, "critical": 2, "unknown": 1},
            "flagged": 3,
            "churned": 1,
            "churned_acv": [{"currency": "JPY", "acv": 7_200_000}],
            "touches": {"high": 10, "low": 2},
            "hours_month": 82.0,
        }
    ],
    "unplaced": 0,
    "capacity": {
        "csms": 2,
        "hours_per_csm_month": 130.0,
        "hours_month": 260.0,
        "hours_needed": 214.5,
        "hours_unowned": 3.5,
        "over": [{"owner": "sato@vendor.example", "accounts": 31, "hours_needed": 141.0}],
    },
    "model_version": "b2b-software@45155efe3091",
}
