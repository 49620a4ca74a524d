"""A signature says event, feature and version of one event, and nothing that names one case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_common.contracts.account_activity import Scalar
from banso_scoring.domain.incident.rules import Properties
from banso_scoring.domain.incident.signature import VALUE_CHARS_MAX, Signature, is_signature, signature_of, signed
from tests.scoring.domain.builders import small_model

NAMES = Properties()
values = st.one_of(st.text(max_size=90), st.integers(), st.floats(allow_nan=False), st.booleans(), st.none())


@given(st.text(st.characters(exclude_characters="\x1f"), min_size=1), values, values)
def test_a_signature_is_read_back_from_its_name(event: str, feature: Scalar, version: Scalar) -> None:
    found = signed(event, {"feature": feature, "version": version}, NAMES)
    assert signature_of(found.name) == found
    assert is_signature(found.name) == bool(found.feature or found.version)
    assert max(len(found.feature), len(found.version)) <= VALUE_CHARS_MAX
    assert not {"\x1f", "\0"} & {*found.feature, *found.version}


@pytest.mark.parametrize(
    ("said", "feature", "version"),
    [
        ({"feature": "csv", "version": "2.3.1"}, "csv", "2.3.1"),
        ({"module": "billing", "app_version": 7}, "billing", "7"),
        ({"feature": "", "screen": "home", "release": None}, "home", ""),
        ({"feature": "order 81234"}, "order *", ""),
        ({"feature": "3f2504e0-4f89-11d3-9a0c-0305e82c3301"}, "*", ""),
        ({"feature": "deadbeef01/edit", "version": "3f2504e04f89"}, "*/edit", "3f2504e04f89"),
        ({"feature": "step 12 of decade"}, "step 12 of decade", ""),
        ({"feature": True}, "", ""),
    ],
)
def test_the_first_property_that_says_something_counts_and_no_case_is_named(
    said: dict[str, Scalar], feature: str, version: str
) -> None:
    assert signed("e", said, NAMES) == Signature("e", feature, version)


def test_a_signature_belongs_to_no_series_whatever_the_patterns_are() -> None:
    model = small_model()
    assert model.series_of["error"]
    assert model.series_of[Signature("error", "csv").name] == ()
