"""Takes pictures of alerts' pages of an invented fortnight: `python -m tests.alerts.console.pictures FOLDER [NAME]`."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Browser, async_playwright
from sqlalchemy import select

from banso_alerts import tables as t
from banso_alerts.domain.plays import GROUP
from banso_common.clock import ManualClock
from banso_common.db.engine import connect
from banso_common.db.migrate import upgrade
from banso_common.db.transaction import reading
from banso_common.lifecycle import Server
from deploy.local.server import program
from tests.alerts.console.given import Console, console_of
from tests.alerts.console.invented import live_through, room_of
from tests.alerts.console.proven import judge_all, measure_all
from tests.alerts.made import MONDAY_NOON
from tests.alerts.room import Room
from tests.conftest import CHROMIUM_ARGS

WIDE, NARROW = 1280, 390
LOOKS = (("ja", WIDE, False, "ja"), ("dark", WIDE, True, "en"), ("narrow", NARROW, False, "en"))


@asynccontextmanager
async def served(console: Console) -> AsyncIterator[str]:
    """The pages on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(console.app, "127.0.0.1", port)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 -- uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving


async def places(room: Room) -> dict[str, str]:
    """The addresses that are worth a look, by the picture's name."""
    o = t.outreach.c
    async with reading(room.engine) as tx:
        group = await tx.scalar(select(o.id).where(o.play == GROUP))
        single = await tx.scalar(select(o.id).where(o.acknowledged_by.is_not(None)).order_by(o.created_at))
    return {
        "outreach": "/outreach",
        "outreach-held": "/outreach?show=held",
        "outreach-all": "/outreach?channel=slack",
        "outreach-one": f"/outreach/{single}",
        "outreach-group": f"/outreach/{group}",
        "outreach-rules": "/outreach/rules",
        "outreach-proof": "/outreach/proof",
        "outreach-silences": "/outreach/silences",
    }


async def take(folder: Path, only: str = "") -> None:
    """Put the pages into `folder`: wide in Japanese, dark in English, narrow."""
    with TemporaryDirectory() as store:
        engine = connect(f"sqlite+aiosqlite:///{store}/banso.sqlite")
        await upgrade(engine, "banso_alerts")
        room = room_of(engine, ManualClock(MONDAY_NOON))
        await live_through(room)
        await judge_all(room)
        await measure_all(room)
        console = console_of(room, Path(store))
        async with served(console) as address, async_playwright() as playwright:
            chromium = await playwright.chromium.launch(
                executable_path=program("chromium", "chromium"), args=list(CHROMIUM_ARGS)
            )
            for name, place in (await places(room)).items():
                if name.startswith(only) and (not only or name == only or only.endswith("-")):
                    ticket = console.keys.tickets.issue(console.key)
                    await _shoot(chromium, f"{address}/login?ticket={ticket}", f"{address}{place}", folder / name)
            await chromium.close()
        await engine.dispose()


async def _shoot(chromium: Browser, sign_in: str, address: str, file: Path) -> None:
    for end, width, dark, language in (
        ("ja", WIDE, False, "ja"),
        ("dark", WIDE, True, "en"),
        ("narrow", NARROW, False, "en"),
    ):
        context = await chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=False,
        )
        page = await context.new_page()
        await page.goto(sign_in)
        await page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
        await page.screenshot(path=f"{file}-{end}.png", full_page=True)
        await context.close()


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1]), *sys.argv[2:3]))
