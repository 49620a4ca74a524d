"""Cursors: what was put in comes out, for the query that made them and for no other."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_common.errors import Refused
from banso_common.http.paging import CURSOR_CHARS_MAX, Key, cursor_of, keys_of

keys = st.lists(
    st.one_of(
        st.text(st.characters(exclude_characters="\0"), max_size=20),  # no row has a key with NUL
        st.integers(-(2**63), 2**63 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        st.none(),
    ),
    max_size=4,
)
queries = st.dictionaries(
    st.sampled_from(["band", "q", "sort"]), st.one_of(st.none(), st.text(max_size=5), st.integers())
)


@given(query=queries, last=keys)
def test_what_was_put_in_comes_out(query: dict[str, object], last: list[Key]) -> None:
    assert keys_of(query, cursor_of(query, last), len(last)) == last


@given(query=queries, last=keys)
def test_a_cursor_is_only_for_the_query_that_made_it(query: dict[str, object], last: list[Key]) -> None:
    for other, count in (({**query, "more": 1}, len(last)), (query, len(last) + 1)):
        with pytest.raises(Refused) as refused:
            keys_of(other, cursor_of(query, last), count)
        assert refused.value.code == "foreign-cursor"


def test_what_is_not_said_is_not_part_of_the_query() -> None:
    assert keys_of({"band": None, "q": "x"}, cursor_of({"q": "x"}, ["a"]), 1) == ["a"]


@given(text=st.text(max_size=60))
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        keys_of({}, text, 1)


@pytest.mark.parametrize("last", [[[1]], [{"a": 1}], [2**63], [-(2**63) - 1], [float("nan")], [float("inf")], ["\0"]])
def test_keys_that_no_row_has_are_refused(last: list[Key]) -> None:
    stolen = json.loads(base64.urlsafe_b64decode(cursor_of({}, ["a"]) + "=="))[0]
    made = base64.urlsafe_b64encode(json.dumps([stolen, *last]).encode()).decode()
    with pytest.raises(Refused):
        keys_of({}, made, 1)


def test_a_cursor_of_any_length_is_not_read() -> None:
    with pytest.raises(Refused):
        keys_of({}, "A" * (CURSOR_CHARS_MAX + 1), 1)
    with pytest.raises(Refused):
        keys_of({}, base64.urlsafe_b64encode(b"[" * 1_400).decode()[:CURSOR_CHARS_MAX], 1)
