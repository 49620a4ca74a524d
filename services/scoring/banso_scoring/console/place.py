"""Where a reader is in the list: the filters in the address, and the addresses one step from here."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from pydantic import ValidationError
from starlette.datastructures import QueryParams

from banso_common.http.problem import Problem
from banso_scoring.api.query import ListQuery, Sort

MANY = ("band", "phase", "touch", "cell", "owner", "signal", "objectives", "pattern", "trouble")
ONE = ("q", "sort", "ended")
PAGE_ROWS = 50


class Place:
    """The query of the list as pairs, in a stable order; empty values of a form count as not said."""

    def __init__(self, pairs: Iterable[tuple[str, str]], cursor: str | None = None) -> None:
        self.pairs = [(name, value) for name, value in pairs if value]
        self.cursor = cursor

    @classmethod
    def of(cls, params: QueryParams) -> Place:
        """The place that an address names; what it says besides is left out."""
        pairs = [(name, value) for name, value in params.multi_items() if name in (*MANY, *ONE)]
        return cls(pairs, params.get("cursor"))

    def query(self) -> ListQuery:
        """The same as a query of the API. Raises Problem for a value that cannot be."""
        said: dict[str, object] = {"sort": Sort.ATTENTION, "ended": False, "limit": PAGE_ROWS, "cursor": self.cursor}
        for name, value in self.pairs:
            said[name] = [*self.values(name)] if name in MANY else value
        try:
            return ListQuery.model_validate(said)
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
        return _address(kept if self.has(name, value) else [*kept, (name, value)])

    def only(self, name: str, value: str) -> str:
        """The address with this value in place of what was said under its name."""
        return _address([pair for pair in self.pairs if pair[0] != name] + [(name, value)])

    def without(self, name: str) -> str:
        """The address that says nothing of `name`."""
        return _address([pair for pair in self.pairs if pair[0] != name])

    def following(self, cursor: str) -> str:
        """The address of the page at `cursor`."""
        return _address([*self.pairs, ("cursor", cursor)])

    def here(self) -> str:
        """The address of the first page."""
        return _address(self.pairs)


def _address(pairs: list[tuple[str, str]]) -> str:
    return f"/?{urlencode(pairs)}" if pairs else "/"
