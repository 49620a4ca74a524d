"""What the tests of ingest start from: rules, an instant, and one event in each accepted form."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import available_timezones

from banso_common.contracts.account_activity import AccountActivity
from banso_common.contracts.dead_letter import Headers
from banso_ingest.domain.canonical import Arrival, canonical
from banso_ingest.domain.limits import Rules
from banso_ingest.formats.detect import read_record

NOW = 1_772_442_000_000  # 2026-03-02T09:00:00Z
RULES = Rules(frozenset(available_timezones()))
ARRIVAL = Arrival(received_at=NOW, place="usage-events/3", index=17)

CLOUDEVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "e-1",
    "source": "https://app.example/backend",
    "type": "report.created",
    "time": "2026-03-02T08:59:00Z",
    "account": "acme",
    "user": "mika",
    "datacontenttype": "application/json",
    "data": {"value": 12.5, "format": "pdf"},
}
TRACK: dict[str, Any] = {
    "type": "track",
    "messageId": "m-1",
    "event": "Report Created",
    "userId": "mika",
    "timestamp": "2026-03-02T08:59:00Z",
    "context": {"groupId": "acme", "library": {"name": "analytics-python"}},
    "properties": {"format": "pdf", "revenue": 12.5},
}
PLAIN: dict[str, Any] = {
    "account": "acme",
    "name": "report.created",
    "user": "mika",
    "at": "2026-03-02T08:59:00Z",
    "value": 12.5,
    "id": "p-1",
    "properties": {"format": "pdf"},
}
GROUP: dict[str, Any] = {
    "type": "group",
    "messageId": "m-2",
    "userId": "mika",
    "groupId": "acme",
    "traits": {
        "name": "Acme 株式会社",
        "acv": 1_200_000,
        "currency": "jpy",
        "seats": 40,
        "owner": {"name": "佐藤", "email": "sato@vendor.example", "slack": "U123", "locale": "ja-JP"},
        "contacts": [{"name": "山田　太郎", "email": "yamada@acme.example"}],
        "timezone": "Asia/Tokyo",
        "locale": "ja_JP",
        "commitment": "high",
        "category": "new",
        "renewalDate": "2027-03-31",
        "industry": "retail",
    },
}


def without(event: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key not in keys}


def activity(
    event: dict[str, Any] | bytes,
    headers: Headers = (),
    *,
    arrival: Arrival = ARRIVAL,
    rules: Rules = RULES,
) -> AccountActivity:
    """The whole way from bytes to the canonical activity, as the topic's door goes it."""
    value = event if isinstance(event, bytes) else json.dumps(event, ensure_ascii=False).encode()
    draft, heard_at = read_record(value, headers)
    if heard_at is not None:
        arrival = Arrival(arrival.received_at, arrival.place, arrival.index, heard_at)
    return canonical(draft, arrival, rules)
