"""Refuses a query parameter that a route does not have, so that a slip of the pen is not an unfiltered answer."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel

from banso_common.findings import did_you_mean
from banso_common.http.problem import Problem


async def _known(request: Request) -> None:
    route = request.scope.get("route")
    if request.method != "GET" or not request.query_params or not isinstance(route, APIRoute):
        return
    known = _names(route.dependant)
    for name in request.query_params:
        if name not in known:
            has = f"; it has {', '.join(sorted(known))}" if known else "; it has none"
            detail = f"query.{name[:80]}: there is no such parameter here{did_you_mean(name, known)}{has}"
            raise Problem(422, "invalid", detail)


KNOWN_ONLY = Depends(_known)
"""For routers; their routes that read take the query parameters that they declare, and no others."""


def _names(dependant: Any) -> frozenset[str]:
    """The query parameters of a route and of what it depends on; those of a model are its fields."""
    names = set[str]()
    for field in dependant.query_params:
        said = field.field_info.annotation
        if isinstance(said, type) and issubclass(said, BaseModel):
            names |= {inner.alias or name for name, inner in said.model_fields.items()}
        else:
            names.add(field.alias)
    return frozenset(names.union(*(_names(one) for one in dependant.dependencies)))
