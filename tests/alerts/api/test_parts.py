"""Judging account by account what one message tells of: each is a case of its rule, said once, over every door."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from banso_alerts import tables as t
from banso_alerts.domain.plays import GROUP
from banso_alerts.domain.proof.precision import Floor
from banso_alerts.proving import judge_rules
from banso_alerts.store.erasing import erase_account
from banso_common.clock import HOUR_MS
from banso_common.contracts.account_signal import SignalKind
from banso_common.contracts.outreach_outcome import OutcomeKind
from banso_common.db.transaction import reading, transaction
from tests.alerts.console.given import console_of, forms_of, send, text_of
from tests.alerts.console.invented import OWNERS, firm, room_of, settle
from tests.alerts.made import MONDAY_NOON, of_incident
from tests.alerts.room import Room


@pytest.fixture
def room(engine: Any, noon: Any) -> Room:
    return room_of(engine, noon)


async def _group(room: Room) -> Any:
    """A message about three accounts that was sent."""
    await room.hear(*(firm(n, MONDAY_NOON, kind=SignalKind.STALLED, **OWNERS[0]) for n in (3, 6, 9)))
    await settle(room)
    return next(row for row in await room.rows() if row.play == GROUP)


async def _incident(room: Room) -> Any:
    """A message about an incident in three accounts that was sent to the team."""
    await room.hear(of_incident())
    await settle(room)
    return await room.row()


async def _judged(room: Room) -> dict[str, tuple[int, int]]:
    """Right and judged of each rule that was judged at all, by play."""
    await judge_rules(room.engine, room.policy, Floor(), room.clock.now())
    async with reading(room.engine) as tx:
        rows = await tx.execute(select(t.rule).where(t.rule.c.judged_count > 0))
        return {row.play: (row.right_count, row.judged_count) for row in rows}


async def test_the_accounts_of_a_group_are_listed_and_judged_one_by_one(api: httpx.AsyncClient, room: Room) -> None:
    url = f"/v1/outreach/{(await _group(room)).id}/accounts"
    listed = (await api.get(url)).json()["accounts"]
    assert {one["account"] for one in listed} == {firm(n, 0).account for n in (3, 6, 9)}
    for one, word in zip(listed, ("real", "not-real", "knew-it"), strict=True):
        answer = await api.post(f"{url}/{one['account']}/verdict", json={"verdict": word})
        assert answer.status_code == 200, answer.text
        assert answer.json() | {"verdicts": []} == one
        assert [said["verdict"] for said in answer.json()["verdicts"]] == [word]
    assert await _judged(room) == {"unblock": (2, 3)}


async def test_the_accounts_of_an_incident_are_cases_of_its_rule_each(api: httpx.AsyncClient, room: Room) -> None:
    row = await _incident(room)
    url = f"/v1/outreach/{row.id}/accounts"
    assert [(one["account"], one["outreach"]) for one in (await api.get(url)).json()["accounts"]] == [
        ("firm-1", None),
        ("firm-2", None),
        ("firm-3", None),
    ]
    for account, word in (("firm-1", "real"), ("firm-2", "not-real"), ("firm-1", "real")):
        assert (await api.post(f"{url}/{account}/verdict", json={"verdict": word})).status_code == 200
    assert await _judged(room) == {row.play: (1, 2)}
    room.later(HOUR_MS)
    await api.post(f"{url}/firm-2/verdict", json={"verdict": "knew-it"})
    assert await _judged(room) == {row.play: (2, 2)}, "the newest word counts"
    said = [one for one in await room.outcomes() if one.outcome is OutcomeKind.VERDICT]
    assert [(one.account, one.reason) for one in said] == [
        ("firm-1", "real"),
        ("firm-2", "not-real"),
        ("firm-2", "knew-it"),
    ]


async def test_the_page_of_an_incident_s_message_judges_by_the_same_way(room: Room, tmp_path: Any) -> None:
    row = await _incident(room)
    console = console_of(room, tmp_path)
    here, action = f"/outreach/{row.id}", f"/outreach/{row.id}/accounts"
    async with console.signed_in() as client:
        page = (await client.get(f"{here}?lang=en")).text
        assert action in forms_of(page)
        assert (await send(client, page, action, account="firm-2", what="not-real")).status_code == 303
        for wrong in ({"account": "nobody", "what": "real"}, {"account": "firm-1", "what": "acknowledged"}):
            assert (await send(client, page, action, **wrong)).status_code in (400, 404)
        assert "Firm 2 Verdict: not real console" in text_of((await client.get(f"{here}?lang=en")).text)
    assert await _judged(room) == {row.play: (0, 1)}


async def test_what_is_said_of_an_account_is_erased_with_it(api: httpx.AsyncClient, room: Room) -> None:
    row = await _incident(room)
    await api.post(f"/v1/outreach/{row.id}/accounts/firm-2/verdict", json={"verdict": "real"})
    async with transaction(room.engine) as tx:
        erased, _ = await erase_account(tx, "firm-2")
    assert erased["part_verdict"] == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_message_about_one_account_has_that_one_and_no_other(api: httpx.AsyncClient, room: Room) -> None:
    await room.hear(firm(0, MONDAY_NOON))
    await settle(room)
    row = await room.row()
    url = f"/v1/outreach/{row.id}/accounts"
    (only,) = (await api.get(url)).json()["accounts"]
    assert (only["account"], only["outreach"]) == (row.account, row.id)
    assert (await api.post(f"{url}/{row.account}/verdict", json={"verdict": "real"})).status_code == 200
    assert (await api.post(f"{url}/other/verdict", json={"verdict": "real"})).status_code == 404
    assert (await api.get(f"/v1/outreach/{'0' * 32}/accounts")).status_code == 404
