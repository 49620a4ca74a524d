"""Expressions of the file: what is understood, what is refused and where, and that no text brings the reader down."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_scoring.domain.facts.statements import StatementTable
from banso_scoring.domain.matrix.expression import Known, evaluate
from banso_scoring.model.compile_expression import (
    DEPTH_MAX,
    LENGTH_MAX,
    NODES_MAX,
    ExpressionFault,
    compile_clause,
)
from banso_scoring.model.expression_names import Names

METRICS = ("active_days", "days-since")
OWN = {"plan": "text", "machines": "number"}


def names() -> Names:
    return Names(METRICS, {"plan": "text", "machines": "number"})


def truth(written: str, active_days: float = np.nan, **said: str | float) -> bool | None:
    """What the expression is of one account, None for unknown."""
    known = names()
    clause = compile_clause(written, known)
    vocabulary = known.vocabulary()
    table = StatementTable.new(vocabulary, 1)
    table.describe(vocabulary, 0, {name: (value, 0, 0) for name, value in said.items()}, lambda at: at)
    statements = table.until(vocabulary, np.array([0]), 0)
    of_the_day = np.array([[30.0], [np.nan]])
    found = evaluate(
        clause,
        Known(np.concatenate([of_the_day, statements.numbers]), statements.words, np.array([[active_days], [1.0]])),
    )
    return True if found.yes[0] else False if found.no[0] else None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('commitment == "high"', True),
        ("commitment == ' HIGH '", True),
        ('commitment != "high"', False),
        ('commitment in ("low", "high")', True),
        ('commitment not in ("low")', True),
        ("seats >= 50 and active_days >= 8", True),
        ("acv / seats > 1000", True),
        ("acv / seats > 1000 and not seats < 60", True),
        ("seats in (59, 60)", True),
        ("seats - 10 * 2 + 20 == 60", True),
        ("-seats < 0", True),
        ("(seats + 40) / 2 == 50", True),
        ('plan == "enterprise" and machines > 1e2', True),
        ("age_days < 31", True),
        ("renewal_in_days < 31", None),
        ("known(renewal_in_days)", False),
        ("known(commitment) and not known(category)", True),
        ('category == "new"', None),
        ('category == "new" or seats > 1', True),
        ('category == "new" and seats < 1', False),
        ('not category == "new"', None),
        ("seats / (machines - 120) > 0", None),
        ("seats == 60 == True", "character 13"),
    ],
)
def test_an_expression_means_what_it_says(written: str, expected: bool | str | None) -> None:
    said: dict[str, str | float] = {"commitment": "High", "acv": 60_001_000_000, "seats": 60}
    said |= {"plan": "Enterprise", "machines": 120}
    if isinstance(expected, str):
        with pytest.raises(ExpressionFault, match=expected):
            truth(written, 9.0, **said)
    else:
        assert truth(written, 9.0, **said) is expected


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ('comitment == "high"', 'character 1: `comitment` is no attribute and no metric, did you mean "commitment"?'),
        ("days_since > 3", "a metric whose name has a `-` cannot be named here"),
        ('commitment = "high"', "equal is `==`"),
        ("seats > 1 && acv > 1", "write `and`, `or`"),
        ('commitment == "high', "a text has no end"),
        ('commitment < "high"', "texts are compared by `==`"),
        ("commitment > 3", "`commitment` is a text"),
        ('seats == "many"', "only a text can be compared with a text"),
        ("commitment == category", "a text that is written out"),
        ("commitment", "is a text: compare it"),
        ("seats", "true or false was expected"),
        ("seats > ", "at the end: a number, a text or a name was expected"),
        ("(seats > 1", "`)` is missing"),
        ("seats > 1 acv", "character 11: `acv` was not expected"),
        ("1 < 2", "the same of every account"),
        ("seats > 1e16", "a number is at most"),
        ("__import__('os')", "is no attribute and no metric"),
        ("seats.real > 1", "character 6: `.` means nothing here"),
        ("known(3)", "a name was expected"),
        ("seats not 3", "`in` is missing"),
        ("(seats > 1) + 1 > 2", "a number was expected"),
        (" " * (LENGTH_MAX + 1), f"more than {LENGTH_MAX}"),
        ("(" * (DEPTH_MAX + 1) + "seats", f"deeper than {DEPTH_MAX}"),
        ("seats" + "+1" * NODES_MAX + ">1", f"more than {NODES_MAX} parts"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place_and_reason(written: str, reason: str) -> None:
    with pytest.raises(ExpressionFault) as fault:
        compile_clause(written, names())
    assert reason in str(fault.value)


WORDS = "seats commitment acv active_days plan 1 0 'a' == < / - ( ) and or not in known , * ' age_days 1e3 >="
words = st.sampled_from(WORDS.split())


@given(written=st.one_of(st.text(max_size=60), st.lists(words, max_size=40).map(" ".join)))
def test_no_text_brings_the_reader_down(written: str) -> None:
    try:
        truth(written)
    except ExpressionFault as fault:
        assert str(fault)
