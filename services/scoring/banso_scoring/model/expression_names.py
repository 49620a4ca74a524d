"""The names that an expression may use, and what the expressions of one file ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from banso_common.findings import did_you_mean
from banso_scoring.domain.facts.statements import ATTRIBUTES, OF_THE_PANEL, Kind, Vocabulary, folded
from banso_scoring.domain.matrix.expression import MetricOf, Named, NumberOf, TextIs


class Names:
    """Names by where they come from: metrics first, then the numbers of the day, then attributes.

    An attribute gets its row when it is first named, so that only what is asked for is kept as a column.
    """

    def __init__(self, metrics: Iterable[str], own: Mapping[str, Kind]) -> None:
        self._metrics = {name: row for row, name in enumerate(metrics)}
        self._kinds: dict[str, Kind] = {**ATTRIBUTES, **own}
        self._numbers: dict[str, int] = {}
        self._texts: dict[str, int] = {}
        self._words: list[dict[str, int]] = []

    def find(self, name: str) -> Named | None:
        """What `name` stands for; a text as a TextIs without words."""
        if name in self._metrics:
            return MetricOf(self._metrics[name], name)
        if name in OF_THE_PANEL:
            return NumberOf(OF_THE_PANEL.index(name), name)
        kind = self._kinds.get(name)
        if kind == "number":
            return NumberOf(len(OF_THE_PANEL) + self._numbers.setdefault(name, len(self._numbers)), name)
        if kind is None:
            return None
        if name not in self._texts:
            self._texts[name] = len(self._texts)
            self._words.append({})
        return TextIs(self._texts[name], name, frozenset())

    def word(self, row: int, text: str) -> int:
        """The code of a word that the text in `row` is compared with."""
        return self._words[row].setdefault(folded(text), len(self._words[row]))

    def near(self, name: str) -> str:
        """A hint at a name that was perhaps meant."""
        if any(metric.replace("-", "_") == name or metric.split("-")[0] == name for metric in self._metrics):
            return ": a metric whose name has a `-` cannot be named here"
        return did_you_mean(name, [*self._metrics, *self._kinds, *OF_THE_PANEL])

    def vocabulary(self) -> Vocabulary:
        """What the expressions ask for."""
        return Vocabulary(tuple(self._numbers), tuple(self._texts), tuple(self._words))
