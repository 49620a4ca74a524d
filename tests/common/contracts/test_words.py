"""Every member of a closed set that people read has its word in both languages, and no two have the same."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from banso_common.contracts.account_signal import Band, TouchModel
from banso_common.contracts.words import BANDS, TOUCHES, named


@pytest.mark.parametrize(("words", "members"), [(BANDS, Band), (TOUCHES, TouchModel)])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_member_has_a_word_of_its_own(
    words: Mapping[str, Mapping[str, str]], members: type[Band] | type[TouchModel], language: str
) -> None:
    assert set(words[language]) == set(members)
    assert len(set(words[language].values())) == len(list(members))


@pytest.mark.parametrize(
    ("labels", "said"),
    [({"ja": "失敗", "en": "failures"}, "failures"), ({"ja": "失敗"}, "失敗"), ({"en": ""}, "key"), ({}, "key")],
)
def test_a_label_is_given_in_the_language_asked_for_or_in_any_or_the_key_stands(
    labels: dict[str, str], said: str
) -> None:
    assert named(labels, "key", "en") == said
