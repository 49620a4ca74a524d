"""The calls of the Segment specification are read as it says."""

from __future__ import annotations

from typing import Any

import pytest

from banso_common.clock import MINUTE_MS
from banso_common.contracts.account_activity import ActivityKind
from banso_common.errors import Refused
from banso_ingest.domain.canonical import Arrival
from banso_ingest.formats.detect import segment_headers
from tests.ingest.given import GROUP, NOW, TRACK, activity, without

HEARD = Arrival(NOW, "http", 0, sender_heard_at=NOW)


def test_a_track_is_a_usage_event_whose_revenue_is_its_value() -> None:
    read = activity(TRACK)
    assert (read.kind, read.account, read.user, read.name, read.id, read.source) == (
        ActivityKind.USAGE,
        "acme",
        "mika",
        "Report Created",
        "m-1",
        "segment",
    )
    assert (read.value, read.properties) == (12_500_000, {"format": "pdf"})


def test_value_goes_before_revenue_and_what_is_no_number_stays_a_property() -> None:
    read = activity(TRACK | {"properties": {"value": 2, "revenue": 3}})
    assert (read.value, read.properties) == (2_000_000, {"revenue": 3})
    read = activity(TRACK | {"properties": {"value": "two", "revenue": True}})
    assert (read.value, read.properties) == (None, {"value": "two", "revenue": True})


@pytest.mark.parametrize("call", ["page", "screen"])
def test_a_page_or_screen_is_named_by_its_call_and_its_own_name_is_a_property(call: str) -> None:
    read = activity(without(TRACK, "event") | {"type": call, "name": "Pricing", "category": "Docs", "properties": None})
    assert (read.name, read.properties) == (call, {"name": "Pricing", "category": "Docs"})


def test_an_identify_says_what_a_user_is() -> None:
    read = activity(without(TRACK, "event", "properties") | {"type": "identify", "traits": {"role": "admin"}})
    assert (read.kind, read.name, read.properties) == (ActivityKind.USER, "user", {"role": "admin"})


def test_a_group_says_what_an_account_is_and_names_it() -> None:
    read = activity(GROUP)
    assert (read.kind, read.account, read.name, read.user) == (ActivityKind.ACCOUNT, "acme", "account", "mika")
    assert (read.properties["seats"], read.properties["acv"]) == (40, 1_200_000_000_000)
    assert activity(without(GROUP, "groupId") | {"context": {"groupId": "other"}}).account == "other"


def test_ids_may_be_numbers() -> None:
    read = activity(TRACK | {"userId": 7, "context": {"groupId": 42}})
    assert (read.account, read.user) == ("42", "7")


def test_sent_at_corrects_the_clock_only_when_it_is_known_when_the_sender_was_heard() -> None:
    call = TRACK | {"timestamp": NOW - 61 * MINUTE_MS, "sentAt": NOW - 60 * MINUTE_MS}
    assert activity(call, arrival=HEARD).occurred_at == NOW - MINUTE_MS
    assert activity(call).occurred_at == NOW - 61 * MINUTE_MS


def test_a_call_that_somebody_received_before_is_corrected_already() -> None:
    call = TRACK | {"sentAt": "2026-03-02T08:00:00Z", "receivedAt": "2026-03-02T09:00:00Z"}
    assert activity(call, arrival=HEARD).occurred_at == NOW - MINUTE_MS


def test_headers_of_a_call_that_was_set_aside_say_what_its_request_said() -> None:
    alone = without(TRACK, "type", "context") | {"timestamp": NOW - 11 * MINUTE_MS}
    headers = segment_headers("track", b'{"groupId":"acme"}', NOW - 10 * MINUTE_MS, NOW)
    read = activity(alone, headers, arrival=Arrival(NOW + 30 * MINUTE_MS, "http", 0))
    assert (read.account, read.occurred_at) == ("acme", NOW - MINUTE_MS)
    headers = segment_headers("track", b'{"groupId":"acme"}', "2026-03-02T08:50:00Z", NOW)
    assert activity(alone, headers).occurred_at == NOW - MINUTE_MS


@pytest.mark.parametrize("forged", [b"9" * 5_000, b"soon", b""])
def test_a_forged_time_of_hearing_corrects_nothing(forged: bytes) -> None:
    headers = (("segment-call", b"track"), ("segment-heard-at", forged), ("segment-sent-at", b"2026-03-02T08:00:00Z"))
    assert activity(TRACK, headers).occurred_at == NOW - MINUTE_MS


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (TRACK | {"type": "alias"}, "unsupported-call"),
        (TRACK | {"type": "sing"}, "unsupported-call"),
        (TRACK | {"sentAt": "noon"}, "bad-time"),
        (without(TRACK, "event"), "missing-name"),
        (without(TRACK, "context"), "missing-account"),
        (without(GROUP, "groupId"), "missing-account"),
        (TRACK | {"properties": []}, "wrong-type"),
        ({"batch": [TRACK]}, "batch-in-record"),
        (GROUP | {"traits": {"seats": "many"}}, "bad-attribute"),
    ],
)
def test_each_refusal_has_its_code(call: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        activity(call, arrival=HEARD)
    assert refused.value.code == code
