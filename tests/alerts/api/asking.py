"""What the tests of the API ask again and again."""

from __future__ import annotations

from typing import Any

import httpx


async def listed(api: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    answer = await api.get("/v1/outreach", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["outreach"]
    return found


async def only(api: httpx.AsyncClient) -> dict[str, Any]:
    (found,) = await listed(api)
    return found
