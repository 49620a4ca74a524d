"""Properties are flat, bounded, and nothing is dropped on the way."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_common.errors import Refused
from banso_ingest.domain.limits import (
    PROPERTIES_MAX,
    PROPERTY_DEPTH_MAX,
    PROPERTY_INTEGER_MAX,
    PROPERTY_KEY_LENGTH_MAX,
    PROPERTY_STRING_LENGTH_MAX,
)
from banso_ingest.domain.properties import flat

scalars = st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.text(max_size=20)
keys = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)


def nest(depth: int) -> dict[str, Any]:
    return {"a": 1} if depth == 1 else {"a": nest(depth - 1)}


def test_objects_and_lists_become_dotted_names() -> None:
    assert flat({"cart": {"items": [{"sku": "x"}][0:0], "n": 2}, "tags": ["a", None]}) == {
        "cart.n": 2,
        "tags.0": "a",
        "tags.1": None,
    }
    assert flat({"products": [{"sku": "x"}]}) == {"products.0.sku": "x"}


@pytest.mark.parametrize(
    ("at_the_limit", "over_it", "code"),
    [
        (nest(PROPERTY_DEPTH_MAX), nest(PROPERTY_DEPTH_MAX + 1), "too-deep"),
        (
            dict.fromkeys(map(str, range(PROPERTIES_MAX))),
            dict.fromkeys(map(str, range(PROPERTIES_MAX + 1))),
            "too-many",
        ),
        ({"l": [0] * PROPERTIES_MAX}, {"l": [0] * (PROPERTIES_MAX + 1)}, "too-many-properties"),
        ({"k" * PROPERTY_KEY_LENGTH_MAX: 1}, {"k" * (PROPERTY_KEY_LENGTH_MAX + 1): 1}, "bad-property"),
        ({"s": "x" * PROPERTY_STRING_LENGTH_MAX}, {"s": "x" * (PROPERTY_STRING_LENGTH_MAX + 1)}, "bad-property"),
        ({"i": PROPERTY_INTEGER_MAX}, {"i": PROPERTY_INTEGER_MAX + 1}, "bad-property"),
        ({"a.b": 1, "c": {"d": 2}}, {"a.b": 1, "a": {"b": 2}}, "bad-property"),
        ({"x": "line\nbreak"}, {"line\nbreak": "x"}, "bad-property"),
        ({"x": ""}, {"": "x"}, "bad-property"),
    ],
)
def test_each_limit_lets_its_last_value_through_and_refuses_the_next(
    at_the_limit: dict[str, Any], over_it: dict[str, Any], code: str
) -> None:
    flat(at_the_limit)
    with pytest.raises(Refused, match=code):
        flat(over_it)


def test_a_long_name_in_front_of_many_is_refused_before_it_is_repeated() -> None:
    tracemalloc.start()
    with pytest.raises(Refused, match="bad-property"):
        flat({"k" * 30_000: [0] * 10_000})
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 1_000_000


@given(st.dictionaries(keys, scalars | st.dictionaries(keys, scalars, max_size=4), max_size=6))
def test_making_flat_twice_changes_nothing_and_loses_no_scalar(properties: dict[str, Any]) -> None:
    once = flat(properties)
    assert flat(dict(once)) == once
    assert len(once) == sum(len(item) if isinstance(item, dict) else 1 for item in properties.values())
