"""Whatever bytes come, the answer is an event or one Refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from banso_common.contracts.account_activity import activity_decoder
from banso_common.contracts.codec import encode
from banso_common.contracts.dead_letter import Headers
from banso_common.errors import Refused
from banso_ingest.domain.limits import EVENT_BYTES_MAX
from banso_ingest.domain.refusal import RefusalCode
from tests.ingest.given import CLOUDEVENT, GROUP, PLAIN, TRACK, activity

CODES = {code.value for code in RefusalCode}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (b"", "not-json"),
        (b"hello", "not-json"),
        (b"{} {}", "not-json"),
        (b"[]", "wrong-type"),
        (b'{"account": "\xff"}', "not-utf8"),
        (b'{"account": "\\ud800"}', "not-json"),
        (b'{"x":' * 10_000, "too-deep"),
        (b'{"account": "a", "name": "b", "properties": {"x": "\\u0000"}}', "nul-character"),
        (b'{"account": "a", "name": "b", "x": "\\\\\\u0000"}', "nul-character"),
        (b'{"account": "a", "name": "b", "x": "' + b"x" * EVENT_BYTES_MAX + b'"}', "too-large"),
        (b'{"account": "a", "name": "b", "value": 1e999}', "wrong-type"),
    ],
)
def test_bytes_that_cannot_be_read_have_their_code(value: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        activity(value)
    assert refused.value.code == code


def test_a_byte_order_mark_before_an_event_is_passed_over_and_anywhere_else_is_not() -> None:
    mark = b"\xef\xbb\xbf"
    assert activity(mark + encode(PLAIN)) == activity(encode(PLAIN))
    for wrong in (mark, mark + mark + encode(PLAIN), encode(PLAIN) + mark):
        with pytest.raises(Refused) as refused:
            activity(wrong)
        assert refused.value.code == "not-json"


def test_a_backslash_before_u0000_is_no_nul_character() -> None:
    read = activity(b'{"account": "a", "name": "b", "properties": {"x": "\\\\u0000"}}')
    assert read.properties == {"x": "\\u0000"}


def test_an_event_of_exactly_the_limit_is_read() -> None:
    start = b'{"account": "a", "name": "b", "x": "'
    activity(start + b"x" * (EVENT_BYTES_MAX - len(start) - 2) + b'"}')


def judged(value: bytes, headers: Headers = ()) -> None:
    """Refused with a known code, or an activity that its own reader reads and that holds no NUL."""
    try:
        read = activity(value, headers)
    except Refused as refused:
        assert refused.code in CODES
        return
    written = encode(read)
    assert activity_decoder.decode(written) == read
    assert b"\\u0000" not in written.replace(b"\\\\", b"")


@given(st.binary(max_size=300), st.lists(st.tuples(st.sampled_from(["ce_specversion", "ce_id", "x"]), st.binary())))
def test_any_bytes_are_judged_and_nothing_else_is_raised(value: bytes, headers: list[tuple[str, bytes]]) -> None:
    judged(value, tuple(headers))


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300)
@given(
    event=st.sampled_from([CLOUDEVENT, TRACK, PLAIN, GROUP]),
    field=st.sampled_from(
        sorted({*CLOUDEVENT, *TRACK, *PLAIN, *GROUP, "sentAt", "receivedAt", "attributes", "data_base64"})
    ),
    value=json_values,
    nested=st.none() | st.text(max_size=10),
)
@example(event=PLAIN, field="account", value=10**300, nested=None)
@example(event=PLAIN, field="at", value=-(10**300), nested=None)
@example(event=PLAIN, field="properties", value={"x": 10**300}, nested=None)
@example(event=GROUP, field="traits", value={"acv": 10**300}, nested=None)
@example(event=GROUP, field="traits", value={"seats": 1e300}, nested=None)
def test_a_good_event_with_any_field_made_anything_is_judged(
    event: dict[str, Any], field: str, value: Any, nested: str | None
) -> None:
    changed = value if nested is None else {nested: value}
    judged(json.dumps(event | {field: changed}).encode())
