"""A small service behind the shared doors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Query
from httpx import ASGITransport, AsyncClient
from pydantic import BaseModel

from banso_common.errors import Full, Refused, TooLarge, Unavailable
from banso_common.http.app import make_app
from banso_common.http.auth import require
from banso_common.http.keys import KeyRing, Scope
from banso_common.http.parameters import KNOWN_ONLY

FAULTS: dict[str, Exception] = {
    "refused": Refused("bad-thing", "the thing is bad"),
    "too-large": TooLarge("too-large", "the thing is too large"),
    "full": Full("the queue is full", 7),
    "unavailable": Unavailable("the store is away"),
    "bug": RuntimeError("a secret of the house"),
}


class Asked(BaseModel):
    """Parameters of a route that declares them as a model."""

    band: str | None = None
    since: str | None = None


def _limit(limit: int = 50) -> int:
    return limit


def routes() -> APIRouter:
    """Doors that need a scope, fail, or ask for a number."""
    router = APIRouter()

    @router.get("/read", dependencies=[Depends(require(Scope.ACCOUNTS_READ))])
    @router.post("/read", dependencies=[Depends(require(Scope.ACCOUNTS_READ))])
    async def read() -> dict[str, str]:
        return {"read": "yes"}

    @router.get("/fail/{how}")
    async def fail(how: str) -> None:
        raise FAULTS[how]

    @router.get("/number")
    async def number(n: Annotated[int, Query(ge=1)]) -> dict[str, int]:
        return {"n": n}

    @router.get("/several")
    async def several(a: int, b: Annotated[int, Query(ge=1)], c: Annotated[list[int], Query()]) -> dict[str, int]:
        return {"a": a}

    @router.get("/strict", dependencies=[KNOWN_ONLY])
    @router.post("/strict", dependencies=[KNOWN_ONLY])
    async def strict(asked: Annotated[Asked, Query()], limit: Annotated[int, Depends(_limit)]) -> dict[str, int]:
        return {"limit": limit}

    @router.get("/name/{name}/explain")
    async def one_explained(name: str) -> dict[str, str]:
        return {"what": "one explained", "name": name}

    @router.get("/name/{name}")
    async def one(name: str) -> dict[str, str]:
        return {"what": "one", "name": name}

    @router.get("/names/{name:path}/explain")
    async def many_explained(name: str) -> dict[str, str]:
        return {"what": "many explained", "name": name}

    @router.get("/names/{name:path}")
    async def many(name: str) -> dict[str, str]:
        return {"what": "many", "name": name}

    return router


class Small:
    """A service that can be told not to be ready."""

    name = "small"

    def __init__(self) -> None:
        self.checks: dict[str, str | None] = {"small.log": None}

    @property
    def routers(self) -> Sequence[APIRouter]:
        return [routes()]

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def readiness(self) -> Mapping[str, str | None]:
        return self.checks


def app_of(folder: Path) -> tuple[FastAPI, KeyRing, Small]:
    """The application, its keys, its service."""
    keys, service = KeyRing(folder / "keys.json"), Small()
    return make_app([service], keys, "test"), keys, service


def client_of(app: FastAPI) -> AsyncClient:
    """A client that sees a failure as an answer."""
    return AsyncClient(transport=ASGITransport(app, raise_app_exceptions=False), base_url="http://banso.example")
