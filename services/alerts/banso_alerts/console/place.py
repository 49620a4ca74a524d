"""Where a reader is among the outreaches."""

from __future__ import annotations

from banso_alerts.api.query import ListQuery
from banso_alerts.store.overview import Show
from banso_common.http.problem import Problem
from banso_common.web import place

MANY = ("account", "owner", "state", "reason", "kind", "channel", "play")
SHOW = "show"


class Place(place.Place):
    """The heap that is shown, and the filters."""

    path = "/outreach"
    names = (*MANY, SHOW)

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
        return self.as_query(ListQuery, {name: found for name in MANY if (found := self.values(name))})

    def heap(self, show: str) -> str:
        """The address of a heap alone, or of all when it is shown already."""
        return self.without(SHOW) if self.has(SHOW, show) else self.only(SHOW, show)
