"""A switch by HTTP: said, seen, given up; a wrong file is refused with its lines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from httpx import AsyncClient

from banso_common.errors import Unavailable
from banso_common.http.keys import Scope
from banso_scoring.model.load import default_text, load_model
from banso_scoring.switching import Switching
from tests.scoring.api.given import LANES, Door, Tenant, days_of_use

OTHER = default_text().replace("name: b2b-software", "name: other")


@pytest.fixture
async def admin(api: Door) -> AsyncIterator[AsyncClient]:
    """Who may do everything."""
    async with api.client(api.keys.create("admin", [Scope.ADMIN])) as made:
        yield made


async def worked(scoring: Tenant) -> None:
    """Let the member do its part, and load anew when it has to."""
    switching = Switching(scoring.member)
    for _ in range(40):
        with suppress(Unavailable):
            await switching.step()
        if scoring.member._fault is not None:
            await scoring.handler.assigned(range(LANES))


async def test_a_model_is_sent_its_progress_is_shown_and_then_it_counts(
    scoring: Tenant, admin: AsyncClient, client: AsyncClient
) -> None:
    await scoring.take(days_of_use("acme", scoring.clock.now(), 30))
    was = scoring.member.model.version
    answer = await admin.put("/v1/model", content=OTHER.encode())
    assert answer.status_code == 202 and answer.headers["location"] == "/v1/model/switch"
    wanted = load_model(OTHER, "other.yaml").version
    assert (answer.json()["current"], answer.json()["wanted"]) == (was, wanted)
    shown = (await client.get("/v1/model/switch")).json()
    assert [one["stage"] for one in shown["partitions"]] == ["waiting"] * LANES
    await worked(scoring)
    shown = (await client.get("/v1/model/switch")).json()
    assert (shown["current"], shown["wanted"], shown["partitions"]) == (wanted, None, [])
    assert (await client.get("/v1/model")).json()["version"] == wanted
    assert [row["model_version"] for row in (await client.get("/v1/accounts")).json()["accounts"]] == [wanted]
    assert (await client.get("/v1/accounts/acme")).json()["summary"]["model_version"] == wanted


async def test_a_wrong_model_is_refused_with_its_lines_and_nothing_is_wanted(admin: AsyncClient) -> None:
    answer = await admin.put("/v1/model", content=b"name: x\nbands: {healthy: {from: 300}}\n")
    assert answer.status_code == 400
    assert answer.json()["code"] == "model-wrong" and "line 2" in answer.json()["detail"]
    assert (await admin.get("/v1/model/switch")).json()["wanted"] is None


async def test_a_switch_is_given_up(scoring: Tenant, admin: AsyncClient) -> None:
    was = scoring.member.model.version
    await admin.put("/v1/model", content=OTHER.encode())
    answer = await admin.delete("/v1/model/switch")
    assert answer.status_code == 200 and answer.json()["wanted"] is None
    await worked(scoring)
    assert scoring.member.model.version == was


async def test_who_may_read_may_not_switch(client: AsyncClient) -> None:
    assert (await client.put("/v1/model", content=OTHER.encode())).status_code == 403
    assert (await client.delete("/v1/model/switch")).status_code == 403
