"""An application with alerts' routes only, and a client whose key may read and write."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.api.routes import make_router
from banso_alerts.api.suppressions import make_suppression_router
from banso_alerts.api.verdicts import make_verdict_router
from banso_common.clock import ManualClock
from banso_common.http.app import make_app
from banso_common.http.keys import KeyRing, Scope
from tests.alerts.room import Room


@dataclass
class OnlyRouters:
    """As much of a service as an application asks for."""

    routers: Sequence[APIRouter]
    name: str = "alerts"

    async def start(self) -> None:
        return None

    async def stop(self) -> None:
        return None

    def readiness(self) -> dict[str, str | None]:
        return {}


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "keys.json")


@pytest.fixture
async def api(engine: AsyncEngine, noon: ManualClock, keys: KeyRing) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a key that may read and write."""
    makers = (make_router, make_verdict_router, make_suppression_router)
    routers = [make(engine, noon, lambda: None) for make in makers]
    app = make_app([OnlyRouters(routers)], keys, "test")
    secret = keys.create("console", [Scope.OUTREACH_READ, Scope.OUTREACH_WRITE])
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://banso", headers={"Authorization": f"Bearer {secret}"}
    ) as client:
        yield client


@pytest.fixture
def room(engine: AsyncEngine, noon: ManualClock) -> Room:
    return Room(engine, noon)
