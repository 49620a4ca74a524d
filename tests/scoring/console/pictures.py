"""Takes the console's pictures of an invented portfolio anew: `python -m tests.scoring.console.pictures FOLDER`."""

from __future__ import annotations

import asyncio
import socket
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import async_playwright

from banso_common.clock import ManualClock
from banso_common.lifecycle import Server
from banso_scoring.console.pages import make_routers
from deploy.local.server import program
from tests.conftest import CHROMIUM_ARGS, START_AT
from tests.scoring.api.given import Door, door, tenant
from tests.scoring.console.invented import live_through

VIEW_WIDTH, VIEW_HEIGHT = 1440, 900


async def take(folder: Path) -> None:
    """Put the list in both languages and an account's page into `folder`."""
    with TemporaryDirectory() as store:
        async with tenant(f"sqlite+aiosqlite:///{store}/banso.sqlite", ManualClock(START_AT)) as scoring:
            await live_through(scoring)
            served = door(make_routers(scoring.member), Path(store))
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            server = Server(served.app, "127.0.0.1", port)
            serving = asyncio.create_task(server.serve())
            while not server.started:  # noqa: ASYNC110 -- uvicorn has no event for it
                await asyncio.sleep(0.05)
            await _shoot(folder, f"http://127.0.0.1:{port}", served)
            server.should_exit = True
            await serving


async def _shoot(folder: Path, address: str, served: Door) -> None:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=program("chromium", "chromium"), args=list(CHROMIUM_ARGS)
        )
        for name, language, scheme in (
            ("console", "en", "light"),
            ("console-ja", "ja", "light"),
            ("console-account", "en", "dark"),
        ):
            page = await chromium.new_page(
                viewport={"width": VIEW_WIDTH, "height": VIEW_HEIGHT},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            await page.goto(f"{address}/login?ticket={served.keys.tickets.issue(served.key)}")
            await page.goto(f"{address}/?lang={language}")
            if scheme == "dark":
                await page.locator("a.name").first.click()
            await page.screenshot(path=folder / f"{name}.png", full_page=scheme == "dark")
        await chromium.close()


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))
