"""Somebody with a key who speaks to a standalone over HTTP, as a CSM's tool or a product's backend does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx

from tests.standalone.house import House


class Caller:
    """Asks and sends; an answer that is no success fails the test."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def get(self, path: str, **query: str | int) -> Any:
        """The JSON that is answered."""
        answer = await self._client.get(path, params=query)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def put(self, path: str, text: str, status: int = 202) -> Any:
        """The JSON that is answered to a text."""
        answer = await self._client.put(path, content=text.encode())
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def send(self, events: Sequence[dict[str, Any]]) -> None:
        """Events of any form; every one must be accepted."""
        answer = await self._client.post("/v1/events", json=list(events))
        assert answer.is_success, f"{answer.status_code} {answer.text}"
        assert answer.json()["accepted"] == len(events), answer.text

    async def accounts(self, **query: str | int) -> list[dict[str, Any]]:
        """Every account that fits, page by page."""
        found: list[dict[str, Any]] = []
        page = await self.get("/v1/accounts", **query)
        while True:
            found += page["accounts"]
            if page["next"] is None:
                return found
            page = await self.get("/v1/accounts", **query, cursor=page["next"])


@asynccontextmanager
async def calling(house: House) -> AsyncIterator[Caller]:
    """A caller with the house's first key."""
    transport = httpx.ASGITransport(house.standalone.app())
    headers = {"Authorization": f"Bearer {house.key}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://banso", headers=headers) as client:
        yield Caller(client)
