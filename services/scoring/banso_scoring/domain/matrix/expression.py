"""Expressions over what accounts are and do: trees that were checked before, evaluated for all accounts at once.

A truth has three values (Kleene): what is not known is neither true nor false, a comparison with it is not known,
`false and unknown` is false, `true or unknown` is true. Evaluating raises on no values: x / 0 is not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
NOT_SAID = -1
"""The word code of a text that nobody said."""
OTHER = -2
"""The word code of a text that no expression asks for."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number that is written out."""

    value: float


@dataclass(frozen=True, slots=True)
class NumberOf:
    """A number of the account: row `row` of `Known.numbers`."""

    row: int
    name: str


@dataclass(frozen=True, slots=True)
class MetricOf:
    """A metric's raw value: row `row` of `Known.metrics`."""

    row: int
    name: str


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """left op right."""

    op: Literal["+", "-", "*", "/"]
    left: Numeric
    right: Numeric


@dataclass(frozen=True, slots=True)
class Compare:
    """left op right, of numbers."""

    op: Literal["==", "!=", "<", "<=", ">", ">="]
    left: Numeric
    right: Numeric


@dataclass(frozen=True, slots=True)
class TextIs:
    """Whether the text in row `row` of `Known.words` is one of these words."""

    row: int
    name: str
    words: frozenset[int]


@dataclass(frozen=True, slots=True)
class IsKnown:
    """Whether there is a value; always true or false."""

    of: NumberOf | MetricOf | TextIs


@dataclass(frozen=True, slots=True)
class Junction:
    """All of the parts (`and`), or any of them (`or`)."""

    op: Literal["and", "or"]
    parts: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary; of unknown it is unknown."""

    part: Clause


Numeric = Number | NumberOf | MetricOf | Arithmetic
Clause = Compare | TextIs | IsKnown | Junction | Not
Named = NumberOf | MetricOf | TextIs


@dataclass(frozen=True, slots=True)
class Known:
    """The columns of n accounts that expressions read."""

    numbers: Floats
    """(numbers, n), NaN for not known."""
    words: NDArray[np.int32]
    """(texts, n): codes of words, NOT_SAID, or OTHER."""
    metrics: Floats
    """(metrics, n): raw values, NaN without evidence."""

    @property
    def n(self) -> int:
        """How many accounts."""
        return int(self.metrics.shape[1])


@dataclass(frozen=True, slots=True)
class Truth:
    """(n,) each: where it is true, and where it is false; elsewhere it is unknown."""

    yes: Bools
    no: Bools


def evaluate(clause: Clause, known: Known) -> Truth:
    """What `clause` is for each account."""
    with np.errstate(all="ignore"):
        return _truth(clause, known)


def _truth(clause: Clause, known: Known) -> Truth:
    if isinstance(clause, Compare):
        return _compare(clause, known)
    if isinstance(clause, TextIs):
        codes = known.words[clause.row]
        said = codes != NOT_SAID
        one_of = np.zeros(known.n, np.bool_)
        for word in clause.words:
            one_of |= codes == word
        return Truth(said & one_of, said & ~one_of)
    if isinstance(clause, IsKnown):
        there = _there(clause.of, known)
        return Truth(there, ~there)
    if isinstance(clause, Not):
        part = _truth(clause.part, known)
        return Truth(part.no, part.yes)
    return _junction(clause, known)


def _junction(junction: Junction, known: Known) -> Truth:
    found = _truth(junction.parts[0], known)
    for part in junction.parts[1:]:
        other = _truth(part, known)
        if junction.op == "and":
            found = Truth(found.yes & other.yes, found.no | other.no)
        else:
            found = Truth(found.yes | other.yes, found.no & other.no)
    return found


def _compare(compare: Compare, known: Known) -> Truth:
    left, right = number(compare.left, known), number(compare.right, known)
    there = ~np.isnan(left) & ~np.isnan(right)
    holds: Any = {
        "==": np.equal,
        "!=": np.not_equal,
        "<": np.less,
        "<=": np.less_equal,
        ">": np.greater,
        ">=": np.greater_equal,
    }[compare.op](left, right)
    return Truth(there & holds, there & ~holds)


def number(numeric: Numeric, known: Known) -> Floats:
    """(n,): the number that `numeric` is for each account; NaN where it is not known or no finite number."""
    if isinstance(numeric, Number):
        return np.full(known.n, numeric.value)
    if isinstance(numeric, NumberOf):
        return np.asarray(known.numbers[numeric.row])
    if isinstance(numeric, MetricOf):
        return np.asarray(known.metrics[numeric.row])
    left, right = number(numeric.left, known), number(numeric.right, known)
    with np.errstate(all="ignore"):
        made: Floats = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}[numeric.op](left, right)
    return np.where(np.isfinite(made), made, np.nan)


def _there(of: Named, known: Known) -> Bools:
    if isinstance(of, TextIs):
        return np.asarray(known.words[of.row] != NOT_SAID)
    return ~np.isnan(number(of, known))


def names_in(node: Clause | Numeric) -> Iterator[Named]:
    """What the expression reads, in the order in which it is written; a name may come twice."""
    if isinstance(node, NumberOf | MetricOf | TextIs):
        yield node
    elif isinstance(node, Arithmetic | Compare):
        yield from names_in(node.left)
        yield from names_in(node.right)
    elif isinstance(node, IsKnown):
        yield node.of
    elif isinstance(node, Junction):
        for part in node.parts:
            yield from names_in(part)
    elif isinstance(node, Not):
        yield from names_in(node.part)
