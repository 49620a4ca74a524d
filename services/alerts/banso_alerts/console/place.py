"""Where a reader is among the outreaches: the filters in the address, and the addresses one step from here."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from pydantic import ValidationError
from starlette.datastructures import QueryParams

from banso_alerts.api.query import ListQuery
from banso_alerts.store.overview import Show
from banso_common.http.problem import Problem

MANY = ("account", "owner", "state", "reason", "kind", "channel", "play")
SHOW = "show"
PAGE_ROWS = 50


class Place:
    """The query as pairs, in a stable order; empty values of a form count as not said."""

    def __init__(self, pairs: Iterable[tuple[str, str]], cursor: str | None = None) -> None:
        self.pairs = [(name, value) for name, value in pairs if value]
        self.cursor = cursor

    @classmethod
    def of(cls, params: QueryParams) -> Place:
        """The place that an address names; what it says besides is left out."""
        pairs = [(name, value) for name, value in params.multi_items() if name in (*MANY, SHOW)]
        return cls(pairs, params.get("cursor"))

    @property
    def show(self) -> Show | None:
        """Which heap is asked for. Raises Problem for one that is none."""
        said = self.values(SHOW)
        if not said:
            return None
        try:
            return Show(said[0])
        except ValueError:
            raise Problem(400, "invalid", f"`show` is one of {', '.join(Show)}") from None

    def query(self) -> ListQuery:
        """The same as a query of the API. Raises Problem for a value that cannot be."""
        said: dict[str, object] = {name: found for name in MANY if (found := self.values(name))}
        try:
            return ListQuery.model_validate({**said, "limit": PAGE_ROWS, "cursor": self.cursor})
        except ValidationError as fault:
            raise Problem(400, "invalid", fault.errors()[0]["msg"]) from None

    def values(self, name: str) -> list[str]:
        """What is said of one filter."""
        return [value for said, value in self.pairs if said == name]

    def has(self, name: str, value: str) -> bool:
        """Whether a filter names this value."""
        return (name, value) in self.pairs

    def toggled(self, name: str, value: str) -> str:
        """The address with this value alone under its name, or with none when it is there already."""
        kept = [pair for pair in self.pairs if pair[0] != name]
        return _address(kept if self.has(name, value) else [*kept, (name, value)])

    def following(self, cursor: str) -> str:
        """The address of the page at `cursor`."""
        return _address([*self.pairs, ("cursor", cursor)])

    def here(self) -> str:
        """The address of the first page."""
        return _address(self.pairs)


def _address(pairs: list[tuple[str, str]]) -> str:
    return f"/outreach?{urlencode(pairs)}" if pairs else "/outreach"
