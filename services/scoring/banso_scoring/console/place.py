"""Where a reader is in the list of accounts."""

from __future__ import annotations

from banso_common.web import place
from banso_scoring.api.query import ListQuery, Sort

MANY = ("band", "phase", "touch", "cell", "owner", "signal", "objectives", "pattern", "trouble", "currency")
ONE = ("q", "sort", "ended")


class Place(place.Place):
    """The filters, search and order of the list."""

    path = "/"
    names = (*MANY, *ONE)

    def query(self) -> ListQuery:
        """The same as a query of the API. Raises Problem for a value that cannot be."""
        said: dict[str, object] = {"sort": Sort.ATTENTION, "ended": False}
        for name, value in self.pairs:
            said[name] = self.values(name) if name in MANY else value
        return self.as_query(ListQuery, said)
