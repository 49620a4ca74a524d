"""Where a reader is in a list: the filters in the address, and the addresses one step from here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Self, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel, ValidationError
from starlette.datastructures import QueryParams

from banso_common.http.problem import Problem

PAGE_ROWS = 50
Query = TypeVar("Query", bound=BaseModel)


class Place:
    """The query of a list as pairs, in a stable order; empty values of a form count as not said."""

    path: ClassVar[str]
    names: ClassVar[tuple[str, ...]]
    """What an address may say; what it says besides is left out."""

    def __init__(self, pairs: Iterable[tuple[str, str]], cursor: str | None = None) -> None:
        self.pairs = [(name, value) for name, value in pairs if value]
        self.cursor = cursor

    @classmethod
    def of(cls, params: QueryParams) -> Self:
        """The place that an address names."""
        pairs = [(name, value) for name, value in params.multi_items() if name in cls.names]
        return cls(pairs, params.get("cursor"))

    def as_query(self, kind: type[Query], said: dict[str, object]) -> Query:
        """What is `said`, as a query of the API for this page. Raises Problem for a value that cannot be."""
        try:
            return kind.model_validate({**said, "limit": PAGE_ROWS, "cursor": self.cursor})
        except ValidationError as fault:
            raise Problem(400, "invalid", fault.errors()[0]["msg"]) from None

    def values(self, name: str) -> list[str]:
        """What is said of one filter."""
        return [value for said, value in self.pairs if said == name]

    def has(self, name: str, value: str) -> bool:
        """Whether a filter names this value."""
        return (name, value) in self.pairs

    def toggled(self, name: str, value: str) -> str:
        """The address with this value taken in, or left out when it is in already."""
        kept = [pair for pair in self.pairs if pair != (name, value)]
        return self.address(kept if self.has(name, value) else [*kept, (name, value)])

    def only(self, name: str, value: str) -> str:
        """The address with this value in place of what was said under its name."""
        return self.address([pair for pair in self.pairs if pair[0] != name] + [(name, value)])

    def without(self, name: str) -> str:
        """The address that says nothing of `name`."""
        return self.address([pair for pair in self.pairs if pair[0] != name])

    def following(self, cursor: str) -> str:
        """The address of the page at `cursor`."""
        return self.address([*self.pairs, ("cursor", cursor)])

    def here(self) -> str:
        """The address of the first page."""
        return self.address(self.pairs)

    def address(self, pairs: list[tuple[str, str]]) -> str:
        """The address of the list with these filters."""
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path
