"""Unsubscribing: looking changes nothing, one POST does, nobody needs a login; and a browser can do it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from playwright.async_api import Browser
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.api.unsubscribe import make_unsubscribe_router
from banso_alerts.channels.unsubscribe import WayOut, token_of
from banso_alerts.domain.outreach import ChannelName
from banso_alerts.domain.suppression import SuppressionReason
from banso_alerts.store import suppressions
from banso_common.clock import ManualClock
from banso_common.db.transaction import reading
from banso_common.http.app import make_app
from banso_common.http.keys import KeyRing
from banso_common.lifecycle import Server
from tests.alerts.api.conftest import OnlyRouters
from tests.alerts.made import signal
from tests.alerts.room import PostBox, Room

SECRET = SecretStr("a secret of sixteen")
ONE_STORE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def room(engine: AsyncEngine, noon: ManualClock) -> Room:
    room = Room(engine, noon, PostBox(ChannelName.EMAIL, can_find=False))
    await room.hear(signal())
    return room


@pytest.fixture
def app(engine: AsyncEngine, noon: ManualClock, keys: KeyRing) -> FastAPI:
    return make_app([OnlyRouters([make_unsubscribe_router(engine, noon, lambda: None, SECRET)])], keys, "test")


@pytest.fixture
async def reader(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Whoever follows the link: no key, no cookie."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://banso") as client:
        yield client


async def link(room: Room) -> str:
    return f"/v1/unsubscribe/{token_of(SECRET, (await room.row()).id)}"


async def listed(room: Room) -> list[tuple[str, SuppressionReason]]:
    async with reading(room.engine) as tx:
        return [(each.address, each.reason) for each in await suppressions.listed(tx, None, 10)]


async def test_one_click_of_a_mail_program_is_enough(reader: httpx.AsyncClient, room: Room) -> None:
    """As RFC 8058 has it: a POST with that one field, no cookie, no redirect."""
    answer = await reader.post(await link(room), data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert await listed(room) == [("sato@vendor.example", SuppressionReason.UNSUBSCRIBED)]
    assert ((await room.row()).state, (await room.row()).reason) == ("held", "suppressed")
    assert (await reader.post(await link(room))).status_code == 200
    assert len(await listed(room)) == 1


async def test_looking_at_the_page_changes_nothing(reader: httpx.AsyncClient, room: Room) -> None:
    page = await reader.get(await link(room))
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert '<form method="post">' in page.text
    assert "sato@vendor.example" not in page.text
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert await listed(room) == []


async def test_what_is_no_link_of_ours_opens_nothing(reader: httpx.AsyncClient, room: Room) -> None:
    outreach_id = (await room.row()).id
    foreign = token_of(SecretStr("another secret, as long"), outreach_id)
    for token in (outreach_id, f"{outreach_id}.", foreign, token_of(SECRET, "0" * 32), "x"):
        for method in ("GET", "POST"):
            assert (await reader.request(method, f"/v1/unsubscribe/{token}")).status_code == 404
    assert await listed(room) == []


@ONE_STORE
async def test_without_a_secret_there_is_no_such_door(engine: AsyncEngine, noon: ManualClock, keys: KeyRing) -> None:
    router = make_unsubscribe_router(engine, noon, lambda: None, None)
    app = make_app([OnlyRouters([router])], keys, "test")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://banso") as client:
        assert (await client.post("/v1/unsubscribe/x")).status_code == 404


@ONE_STORE
async def test_a_person_follows_the_link_in_a_browser_and_presses_the_button(
    app: FastAPI, room: Room, browser: Browser
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(app, "127.0.0.1", port)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 -- uvicorn has no event for it
        await asyncio.sleep(0.01)
    address = WayOut(f"http://127.0.0.1:{port}", SECRET).link((await room.row()).id)
    assert address is not None
    page = await browser.new_page()
    await page.goto(address)
    assert await listed(room) == []
    await page.click("button")
    await page.wait_for_selector(".note")
    assert "停止しました" in await page.inner_text("main")
    await page.close()
    server.should_exit = True
    await serving
    assert await listed(room) == [("sato@vendor.example", SuppressionReason.UNSUBSCRIBED)]
