"""The example of a goal's calibration; the tests hold it to the shape."""

from __future__ import annotations

from pydantic.config import JsonDict

_PASSED: JsonDict = {"count": 90, "of": 1616, "share": 0.0557, "low": 0.0455, "high": 0.068}
_KEPT: JsonDict = {"count": 15, "of": 97, "share": 0.1546, "low": 0.096, "high": 0.2396}
_POINT: JsonDict = {
    "threshold": 1,
    "passing": {"count": 1646, "of": 1985, "share": 0.8292, "low": 0.812, "high": 0.8452},
    "days": {"q25": 12, "median": 16, "q75": 18},
    "passed": {"churned": _PASSED, "renewed": None, "health": 71.2},
    "kept": {"churned": _KEPT, "renewed": None, "health": 38.5},
    "less_churn": {"value": 0.0989, "low": 0.039, "high": 0.1845},
    "churn_ratio": {"value": 0.3601, "low": 0.2167, "high": 0.5986},
    "more_renewal": None,
    "more_health": {"value": 32.7, "low": 27.0, "high": 38.4},
    "reading": "tells",
}
CALIBRATION: JsonDict = {
    "phase": "implementation",
    "model_version": "oulad@0f3a5b7c9d11",
    "from_day": "2014-10-01",
    "to_day": "2015-06-12",
    "accounts": 2052,
    "entered": 2052,
    "dwell_days": 1,
    "landmark_days": 45,
    "follow_days": 90,
    "metric": "submissions",
    "label": {"ja": "提出数（18週）", "en": "submissions in 18 weeks"},
    "at_least": True,
    "others": [],
    "knows_ends": True,
    "own": _POINT,
    "candidate": None,
    "curve": [_POINT],
    "best": 0,
}
