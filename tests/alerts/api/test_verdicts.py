"""Verdicts over HTTP: the newest word of each key counts, and is said once."""

from __future__ import annotations

import httpx
import pytest

from banso_common.clock import HOUR_MS, iso
from banso_common.contracts.outreach_outcome import OutcomeKind
from tests.alerts.api.asking import only
from tests.alerts.made import signal
from tests.alerts.room import Room


async def test_a_verdict_is_kept_and_said_once_and_a_newer_word_replaces_it(api: httpx.AsyncClient, room: Room) -> None:
    await room.hear(signal())
    url = f"/v1/outreach/{(await only(api))['id']}/verdict"
    first = (await api.post(url, json={"verdict": "real"})).json()
    assert (first["who"], first["verdict"], first["source"], first["play"]) == (
        "console",
        "real",
        "api",
        "call-the-silent",
    )
    room.later(HOUR_MS)
    assert (await api.post(url, json={"verdict": "real"})).json() == first
    newer = (await api.post(url, json={"verdict": "not-real"})).json()
    assert (newer["verdict"], newer["at"]) == ("not-real", iso(room.clock.now()))
    assert [(said.outcome, said.reason) for said in await room.outcomes()] == [
        (OutcomeKind.VERDICT, "real"),
        (OutcomeKind.VERDICT, "not-real"),
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_verdict_that_is_none_or_on_nothing_is_refused(api: httpx.AsyncClient, room: Room) -> None:
    await room.hear(signal())
    outreach_id = (await only(api))["id"]
    for wrong in ({"verdict": "perhaps"}, {}, {"verdict": "real", "why": "?"}):
        assert (await api.post(f"/v1/outreach/{outreach_id}/verdict", json=wrong)).status_code == 422
    gone = await api.post(f"/v1/outreach/{'0' * 32}/verdict", json={"verdict": "real"})
    assert gone.status_code == 404
    without = await api.post(
        f"/v1/outreach/{outreach_id}/verdict", json={"verdict": "real"}, headers={"Authorization": ""}
    )
    assert without.status_code == 401
