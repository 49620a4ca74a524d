"""A file that a person wrote is read alike with libyaml and without: its values, lines, and what is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from banso_common import document
from banso_common.document import Document
from banso_common.findings import FileWrong
from banso_scoring.model.load import default_text

TEXTS = [
    default_text(),
    "a: 1\nb: [2, 3.5, .nan, 2026-01-01, yes, 0b1]",
    "\ufeffa: 'é\U0001f600'\nb: 日本",
    "- a",
    "",
    "a: [1,\n2",
    "a: @b",
    "\ta: 1",
    "a: b: c",
    "a:\n - b\n c: 1",
    'a: "\\q"',
    "a: \x07",
    "a: \ud800",
    "a: &x 1\nb: *x",
    "a: 1\na: 2",
    "a: 2026-13-45",
    "a: !!python/object:os.system 1",
    "[" * 50_000,
]


def reading(text: str) -> list[Any]:
    """Everything that can be told of a text."""
    try:
        found = Document(text, "file.yaml")
    except FileWrong as wrong:
        return [wrong.findings]
    return [repr(found.values), *(found.line((key,)) for key in found.values)]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_what_is_read_is_the_same_with_libyaml_and_without(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert issubclass(document._Quick, yaml.CSafeLoader), "else this compares nothing"
    quick = reading(text)
    monkeypatch.setattr(document, "_Quick", yaml.SafeLoader)
    assert quick == reading(text)
