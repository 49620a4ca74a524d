"""Alerts' pages behind keys, and what a test needs to send their forms as a browser does."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

from banso_alerts.api.proof.routes import ProofRoom
from banso_alerts.console.pages import make_console
from banso_alerts.domain.proof.precision import Floor
from banso_common.http.app import make_app
from banso_common.http.auth import COOKIE
from banso_common.http.keys import KeyRing, Scope
from tests.alerts.api.conftest import OnlyRouters
from tests.alerts.room import Room

WRITES = (Scope.OUTREACH_READ, Scope.OUTREACH_WRITE)


@dataclass
class Console:
    """The app over a room, with a key that reads and writes; `acted` counts what was said to have changed."""

    app: FastAPI
    keys: KeyRing
    key: str
    acted: list[int]

    def visitor(self) -> AsyncClient:
        """A browser without a key, so far."""
        return AsyncClient(transport=ASGITransport(self.app), base_url="http://banso.example")

    def signed_in(self, key: str | None = None) -> AsyncClient:
        """A browser with the key in its cookie, as signing in puts it there."""
        client = self.visitor()
        client.cookies.set(COOKIE, self.key if key is None else key)
        return client


def console_of(room: Room, folder: Path) -> Console:
    """The pages over the room's store."""
    acted: list[int] = []
    stands_on = ProofRoom(room.engine, room.clock, room.desk, Floor(), lambda: acted.append(1))
    keys = KeyRing(folder / "keys.json")
    app = make_app([OnlyRouters(make_console(stands_on))], keys, "test")
    return Console(app, keys, keys.create("console", WRITES), acted)


def text_of(page: str) -> str:
    """What a reader sees, the marks of direction left out."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.partition("<main>")[2])).split())


def forms_of(page: str) -> dict[str, dict[str, str]]:
    """Every form in the middle of a page that is posted: its hidden fields by the address that it is sent to."""
    found: dict[str, dict[str, str]] = {}
    for action, inside in re.findall(
        r'<form method="post" action="([^"]+)"[^>]*>(.*?)</form>', page.partition("<main>")[2], re.S
    ):
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', inside)
        found.setdefault(html.unescape(action), {name: html.unescape(value) for name, value in hidden})
    return found


async def send(client: AsyncClient, page: str, action: str, **said: str) -> Response:
    """Send a form of a page with what was chosen in it."""
    return await client.post(action, data={**forms_of(page)[action], **said})
