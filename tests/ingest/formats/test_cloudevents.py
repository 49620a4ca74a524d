"""CloudEvents 1.0 are read in structured and binary mode, and both say the same."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

from banso_common.clock import MINUTE_MS
from banso_common.contracts.account_activity import ActivityKind
from banso_common.errors import Refused
from tests.ingest.given import CLOUDEVENT, NOW, activity, without

ATTRIBUTES = ("specversion", "id", "source", "type", "time", "account", "user")
BINARY = (
    *((f"ce_{name}", CLOUDEVENT[name].encode()) for name in ATTRIBUTES),
    ("content-type", b"application/json"),
)
DATA = json.dumps(CLOUDEVENT["data"]).encode()


def test_a_structured_event_is_read() -> None:
    read = activity(CLOUDEVENT)
    assert (read.account, read.user, read.name, read.source, read.id) == (
        "acme",
        "mika",
        "report.created",
        "https://app.example/backend",
        "e-1",
    )
    assert (read.value, read.properties, read.occurred_at) == (12_500_000, {"format": "pdf"}, NOW - MINUTE_MS)


def test_binary_mode_says_the_same_as_structured_mode() -> None:
    assert activity(DATA, BINARY) == activity(CLOUDEVENT)


def test_header_names_are_read_in_any_case() -> None:
    assert activity(DATA, tuple((name.upper(), raw) for name, raw in BINARY)) == activity(CLOUDEVENT)


def test_account_and_user_may_stand_in_the_data() -> None:
    event = without(CLOUDEVENT, "account", "user") | {"data": CLOUDEVENT["data"] | {"account": "acme", "user": "mika"}}
    assert activity(event) == activity(CLOUDEVENT)


def test_the_extension_attribute_wins_over_the_data_which_keeps_its_own() -> None:
    read = activity(CLOUDEVENT | {"data": {"account": "other"}})
    assert (read.account, read.properties) == ("acme", {"account": "other"})


def test_data_in_base64_is_read() -> None:
    event = without(CLOUDEVENT, "data") | {"data_base64": b64encode(DATA).decode()}
    assert activity(event) == activity(CLOUDEVENT)


def test_an_event_needs_no_data_in_either_mode() -> None:
    assert activity(without(CLOUDEVENT, "data")) == activity(b"", BINARY)


def test_the_types_of_banso_say_what_an_account_or_a_user_is() -> None:
    account = activity(CLOUDEVENT | {"type": "banso.account", "data": {"seats": 5, "value": 3}})
    assert (account.kind, account.name, account.properties) == (
        ActivityKind.ACCOUNT,
        "account",
        {"seats": 5, "value": 3},
    )
    user = activity(CLOUDEVENT | {"type": "banso.user", "data": {"role": "admin"}})
    assert (user.kind, user.name, user.properties) == (ActivityKind.USER, "user", {"role": "admin"})


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (CLOUDEVENT | {"specversion": "0.3"}, "unsupported-version"),
        (without(CLOUDEVENT, "id"), "missing-id"),
        (CLOUDEVENT | {"id": ""}, "missing-id"),
        (without(CLOUDEVENT, "source"), "missing-source"),
        (without(CLOUDEVENT, "type"), "missing-name"),
        (without(CLOUDEVENT, "account"), "missing-account"),
        (CLOUDEVENT | {"data": "text"}, "unsupported-data"),
        (CLOUDEVENT | {"data": [1]}, "unsupported-data"),
        (without(CLOUDEVENT, "data") | {"data_base64": "%%%"}, "unsupported-data"),
        (without(CLOUDEVENT, "data") | {"data_base64": "é"}, "unsupported-data"),
        (CLOUDEVENT | {"data": {"value": "12"}}, "bad-value"),
        (CLOUDEVENT | {"data": {"value": True}}, "bad-value"),
        (without(CLOUDEVENT, "account") | {"data": {"account": {"id": 1}}}, "bad-account"),
        (without(CLOUDEVENT, "user") | {"data": {"user": 1.5}}, "bad-user"),
        (CLOUDEVENT | {"time": 5}, "wrong-type"),
    ],
)
def test_each_refusal_has_its_code(event: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        activity(event)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("value", "headers", "code"),
    [
        (DATA, (("ce_specversion", b"0.3"),), "unsupported-version"),
        (b"text", BINARY, "not-json"),
        (b"[1]", BINARY, "wrong-type"),
        (DATA, (*BINARY, ("ce_user", b"\xff")), "not-utf8"),
        (DATA, (*BINARY, ("ce_user", b"a\x00b")), "bad-user"),
        (b"[]", (("content-type", b"application/cloudevents-batch+json; charset=utf-8"),), "batch-in-record"),
    ],
)
def test_each_refusal_of_a_record_with_headers_has_its_code(
    value: bytes, headers: tuple[tuple[str, bytes], ...], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        activity(value, headers)
    assert refused.value.code == code
