"""Tables as text: nothing in a cell becomes a formula, a new cell or markup."""

from __future__ import annotations

import csv
import io

import pytest

from banso_scoring.api.text_tables import csv_text, markdown_text

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1+1", "\ufeff=1", "=cmd|' /C calc'!A0", "\n=1"]


def read(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_text_is_a_formula_in_a_spreadsheet(formula: str) -> None:
    header, row = read(csv_text([formula], [[formula]]))
    assert header[0].startswith("'") and row[0].startswith("'")


def test_numbers_stay_numbers_also_below_zero_and_nothing_is_empty() -> None:
    assert read(csv_text(["n"], [[-3], [0.5], [None]])) == [["n"], ["-3"], ["0.5"], [""]]


@pytest.mark.parametrize("text", ['a"b', "a,b", "a\nb", "日本語", "a;b", "x=1"])
def test_every_other_text_comes_back_as_it_was(text: str) -> None:
    assert read(csv_text(["t"], [[text]]))[1] == [text]


def test_a_text_neither_ends_its_markdown_cell_nor_is_markup() -> None:
    text = markdown_text(["a"], [["x | y\n| z"], ["<script>"], ["[l](javascript:x)"], ["`c` *b* \\"]])
    lines = text.splitlines()
    assert len(lines) == 6
    assert lines[2] == r"| x \| y \| z |"
    assert lines[3] == "| &lt;script&gt; |"
    assert r"\[l\]\(javascript:x\)" in lines[4]
    assert r"\`c\` \*b\* \\" in lines[5]
