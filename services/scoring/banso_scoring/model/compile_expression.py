"""Expressions of the model file: read once, typed, bounded, and refused with the place and the reason.

or := and {"or" and}       and := not {"and" not}       not := ["not"] comparison
comparison := sum [("==" | "!=" | "<" | "<=" | ">" | ">=") sum | ["not"] "in" "(" value {"," value} ")"]
sum := product {("+" | "-") product}      product := factor {("*" | "/") factor}
factor := ["-"] (number | text | name | "known" "(" name ")" | "(" or ")")
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from banso_scoring.domain.matrix.expression import (
    Arithmetic,
    Clause,
    Compare,
    IsKnown,
    Junction,
    MetricOf,
    Named,
    Not,
    Number,
    NumberOf,
    Numeric,
    TextIs,
    names_in,
)
from banso_scoring.model.expression_names import Names

LENGTH_MAX = 500
DEPTH_MAX = 20
NODES_MAX = 100
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<text>\"[^\"]*\"|'[^']*')|(?P<mark>==|!=|<=|>=|[<>+*/(),-]))",
    re.ASCII,
)
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_RESERVED = ("and", "or", "not", "in", "known")
NUMBER_MAX = 1e15


class ExpressionFault(Exception):
    """The expression cannot be read; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A text that is written out."""

    text: str


Part = Numeric | Literal | TextIs | Clause
"""A TextIs without words stands for the text itself, until it is compared."""


def compile_clause(written: str, names: Names) -> Clause:
    """The expression as a tree. Raises ExpressionFault."""
    if len(written) > LENGTH_MAX:
        raise ExpressionFault(f"{len(written)} characters are more than {LENGTH_MAX}")
    parser = _Parser(_tokens(written), names)
    made = parser.whole()
    if not any(True for _ in names_in(made)):
        raise ExpressionFault("names no attribute and no metric: it says the same of every account")
    return made


def _tokens(written: str) -> list[tuple[str, str, int]]:
    """(kind, text, place from 1) of each token, and an end."""
    found, at = [], 0
    while written[at:].strip():
        match = _TOKEN.match(written, at)
        if match is None or match.lastgroup is None:
            place = at + len(written[at:]) - len(written[at:].lstrip())
            raise ExpressionFault(
                f"character {place + 1}: `{written[place]}` means nothing here{_meant(written, place)}"
            )
        found.append((match.lastgroup, match[match.lastgroup], match.start(match.lastgroup) + 1))
        at = match.end()
    return [*found, ("end", "", len(written) + 1)]


def _meant(written: str, place: int) -> str:
    if written[place] == "=":
        return ": equal is `==`"
    if written[place] in "&|":
        return ": write `and`, `or`"
    return ": a text has no end" if written[place] in "\"'" else ""


class _Parser:
    """Goes over the tokens once; each production gives a typed part."""

    def __init__(self, tokens: Sequence[tuple[str, str, int]], names: Names) -> None:
        self._tokens, self._names = tokens, names
        self._at = self._depth = self._nodes = 0

    def whole(self) -> Clause:
        made = self._clause(self._or())
        if self._tokens[self._at][0] != "end":
            raise self._fault(f"`{self._tokens[self._at][1]}` was not expected")
        return made

    def _fault(self, reason: str) -> ExpressionFault:
        kind, _, place = self._tokens[self._at]
        return ExpressionFault(f"{'at the end' if kind == 'end' else f'character {place}'}: {reason}")

    def _take(self, *texts: str) -> str | None:
        kind, text, _ = self._tokens[self._at]
        if kind in ("mark", "name") and text in texts:
            self._at += 1
            return text
        return None

    def _expect(self, mark: str) -> None:
        if self._take(mark) is None:
            raise self._fault(f"`{mark}` is missing")

    def _count(self) -> None:
        self._nodes += 1
        if self._nodes > NODES_MAX:
            raise self._fault(f"more than {NODES_MAX} parts")

    def _clause(self, part: Part) -> Clause:
        if isinstance(part, TextIs) and not part.words:
            raise self._fault(f'`{part.name}` is a text: compare it, as {part.name} == "…"')
        if isinstance(part, Number | NumberOf | MetricOf | Arithmetic | Literal):
            raise self._fault("true or false was expected, as `seats >= 50`")
        return part

    def _number(self, part: Part) -> Numeric:
        if isinstance(part, Number | NumberOf | MetricOf | Arithmetic):
            return part
        what = f"`{part.name}` is a text" if isinstance(part, TextIs) and not part.words else "this is none"
        raise self._fault(f"a number was expected, {what}")

    def _or(self) -> Part:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise self._fault(f"nested deeper than {DEPTH_MAX}")
        made = self._joined("or", lambda: self._joined("and", self._not))
        self._depth -= 1
        return made

    def _joined(self, op: Any, part: Callable[[], Part]) -> Part:
        first = part()
        parts = [first]
        while self._take(op):
            self._count()
            parts.append(part())
        return first if len(parts) == 1 else Junction(op, tuple(self._clause(one) for one in parts))

    def _not(self) -> Part:
        contrary = False
        while self._take("not"):
            self._count()
            contrary = not contrary
        made = self._comparison()
        return Not(self._clause(made)) if contrary else made

    def _comparison(self) -> Part:
        left = self._sum()
        op = self._take(*_COMPARISONS)
        if op is not None:
            return self._compared(left, op, self._sum())
        contrary = self._take("not") is not None
        if self._take("in") is None:
            if contrary:
                raise self._fault("`in` is missing")
            return left
        found = self._within(left)
        return Not(found) if contrary else found

    def _compared(self, left: Part, op: str, right: Part) -> Clause:
        self._count()
        if isinstance(left, Literal):
            left, right = right, left
        if isinstance(right, Literal):
            if op not in ("==", "!="):
                raise self._fault(f"texts are compared by `==`, `!=` and `in`, not by `{op}`")
            found = self._is_one_of(left, [right.text])
            return found if op == "==" else Not(found)
        if isinstance(left, TextIs) and isinstance(right, TextIs) and not left.words and not right.words:
            raise self._fault("a text is compared with a text that is written out")
        return Compare(cast(Any, op), self._number(left), self._number(right))

    def _within(self, left: Part) -> Clause:
        self._expect("(")
        values = [self._sum()]
        while self._take(","):
            values.append(self._sum())
        self._expect(")")
        self._count()
        if all(isinstance(value, Literal) for value in values):
            return self._is_one_of(left, [value.text for value in values if isinstance(value, Literal)])
        equal = tuple(Compare("==", self._number(left), self._number(value)) for value in values)
        return equal[0] if len(equal) == 1 else Junction("or", equal)

    def _is_one_of(self, left: Part, texts: Sequence[str]) -> TextIs:
        if not isinstance(left, TextIs) or left.words:
            raise self._fault("only a text can be compared with a text")
        return TextIs(left.row, left.name, frozenset(self._names.word(left.row, text) for text in texts))

    def _sum(self) -> Part:
        return self._reckoned(("+", "-"), lambda: self._reckoned(("*", "/"), self._factor))

    def _reckoned(self, ops: tuple[str, str], part: Callable[[], Part]) -> Part:
        made = part()
        while op := self._take(*ops):
            self._count()
            made = Arithmetic(cast(Any, op), self._number(made), self._number(part()))
        return made

    def _factor(self) -> Part:
        self._count()
        if self._take("-"):
            return Arithmetic("-", Number(0.0), self._number(self._atom()))
        return self._atom()

    def _atom(self) -> Part:
        kind, text, _ = self._tokens[self._at]
        if self._take("("):
            made = self._or()
            self._expect(")")
            return made
        if self._take("known"):
            self._expect("(")
            named = self._named()
            self._expect(")")
            return IsKnown(named)
        if kind == "name":
            return self._named()
        if kind not in ("number", "text"):
            raise self._fault("a number, a text or a name was expected")
        self._at += 1
        if kind == "text":
            return Literal(text[1:-1])
        if float(text) > NUMBER_MAX:
            raise self._fault(f"a number is at most {NUMBER_MAX:g}")
        return Number(float(text))

    def _named(self) -> Named:
        kind, name, _ = self._tokens[self._at]
        if kind != "name" or name in _RESERVED:
            raise self._fault("a name was expected")
        found = self._names.find(name)
        if found is None:
            raise self._fault(f"`{name}` is no attribute and no metric{self._names.near(name)}")
        self._at += 1
        return found
