"""Scoring's and alerts' pages behind one host are one console: one sign-in, one navigation, one language."""

from __future__ import annotations

import re
from pathlib import Path

from httpx import ASGITransport, AsyncClient

from banso_alerts.api.proof.routes import ProofRoom
from banso_alerts.console.pages import make_console
from banso_alerts.domain.proof.precision import Floor
from banso_common.clock import ManualClock
from banso_common.db.engine import connect
from banso_common.db.migrate import upgrade
from banso_common.http.app import make_app
from banso_common.http.keys import KeyRing, Scope
from banso_common.web.words import PLACES
from banso_scoring.console.pages import make_routers
from tests.alerts.room import Room
from tests.scoring.api.given import Served, tenant


async def test_one_sign_in_opens_both_and_the_navigation_leads_both_ways(tmp_path: Path, clock: ManualClock) -> None:
    engine = connect(f"sqlite+aiosqlite:///{tmp_path / 'alerts.db'}")
    await upgrade(engine, "banso_alerts")
    keys = KeyRing(tmp_path / "keys.json")
    key = keys.create("both", [Scope.ACCOUNTS_READ, Scope.OUTREACH_READ])
    async with tenant(f"sqlite+aiosqlite:///{tmp_path / 'scoring.db'}", clock) as scoring:
        await scoring.tell("acme", name="Acme")
        alerts = make_console(ProofRoom(engine, clock, Room(engine, clock).desk, Floor(), lambda: None))
        app = make_app([Served(make_routers(scoring.member)), Served(alerts)], keys, "test")
        async with AsyncClient(transport=ASGITransport(app), base_url="http://banso.example") as client:
            await client.post("/login", data={"key": key})
            for place in PLACES:
                page = await client.get(place, params={"lang": "ja"})
                assert page.status_code == 200, place
                assert re.findall(r'<nav class="places".*?</nav>', page.text)[0].count("<a ") == len(PLACES)
                assert f'<a href="{place}" aria-current="true">' in page.text
                style = re.search(r'rel="stylesheet" href="([^"]+)"', page.text)
                assert style is not None
                assert (await client.get(style[1])).status_code == 200
            account = await client.get("/accounts/acme")
            assert '<a href="/outreach?account=acme">' in account.text
            assert (await client.get("/outreach?account=acme")).status_code == 200
    await engine.dispose()
