"""Who may look, who may write, and by which forms: the cookie alone writes nothing."""

from __future__ import annotations

import hmac
from hashlib import sha256

import pytest
from httpx import AsyncClient

from banso_common.http.auth import COOKIE
from banso_common.http.keys import Scope
from tests.alerts.console.given import Console, forms_of, send
from tests.alerts.console.invented import firm, settle
from tests.alerts.made import MONDAY_NOON
from tests.alerts.room import Room

PAGES = ["/outreach", "/outreach?show=held&kind=stalled", f"/outreach/{'0' * 32}"]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def _told(room: Room) -> str:
    """The address of the forms on an outreach that was sent."""
    await room.hear(firm(0, MONDAY_NOON))
    await settle(room)
    return f"/outreach/{(await room.row()).id}/acts"


@pytest.mark.parametrize("page", PAGES)
async def test_who_has_no_key_is_led_to_sign_in_and_back_again(console: Console, page: str) -> None:
    async with console.visitor() as visitor:
        answer = await visitor.get(page)
        assert answer.status_code == 303
        form = await visitor.get(answer.headers["location"])
    assert f'value="{page.replace("&", "&amp;")}"' in form.text


async def test_a_key_for_accounts_alone_is_told_on_a_page_that_it_may_not(console: Console) -> None:
    other = console.keys.create("accounts", [Scope.ACCOUNTS_READ])
    async with console.signed_in(other) as client:
        answer = await client.get("/outreach")
    assert (answer.status_code, answer.headers["content-type"]) == (403, "text/html; charset=utf-8")


@pytest.mark.parametrize("page", [*PAGES, "/outreach?show=nothing", "/outreach/nowhere"])
async def test_no_page_runs_a_script_or_is_kept_or_framed(reader: AsyncClient, room: Room, page: str) -> None:
    await _told(room)
    answer = await reader.get(page)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "form-action 'self'" in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert " style=" not in answer.text, "the policy would not let it through"
    assert "<script" not in answer.text


async def test_a_form_of_the_page_writes_as_whoever_is_signed_in(
    reader: AsyncClient, console: Console, room: Room
) -> None:
    action = await _told(room)
    page = (await reader.get(action.removesuffix("/acts"))).text
    answer = await send(reader, page, action, what="acknowledged")
    assert (answer.status_code, answer.headers["location"]) == (303, action.removesuffix("/acts") + "#answer")
    assert (await room.row()).acknowledged_by == "console"
    assert console.acted == [1]


@pytest.mark.parametrize("token", ["", "0" * 64, "é", "of another form", "of another key"])
async def test_without_the_token_of_this_very_form_and_key_nothing_is_written(
    reader: AsyncClient, console: Console, room: Room, token: str
) -> None:
    action = await _told(room)
    if token == "of another form":
        token = forms_of((await reader.get(action.removesuffix("/acts"))).text)[action]["token"]
        action = f"/outreach/{'1' * 32}/acts"
    elif token == "of another key":
        other = console.keys.create("other", [Scope.ADMIN])
        async with console.signed_in(other) as stranger:
            token = forms_of((await stranger.get(action.removesuffix("/acts"))).text)[action]["token"]
    answer = await reader.post(action, data={"what": "acknowledged", "token": token})
    assert (answer.status_code, answer.headers["content-type"]) == (403, "text/html; charset=utf-8")
    assert (await room.row()).acknowledged_by is None
    assert console.acted == []


async def test_a_form_that_another_site_sends_writes_nothing_even_with_the_token(
    reader: AsyncClient, room: Room
) -> None:
    action = await _told(room)
    said = {**forms_of((await reader.get(action.removesuffix("/acts"))).text)[action], "what": "acknowledged"}
    for site in ("cross-site", "same-site"):
        assert (await reader.post(action, data=said, headers={"Sec-Fetch-Site": site})).status_code == 403
    assert (await room.row()).acknowledged_by is None
    assert (await reader.post(action, data=said, headers={"Sec-Fetch-Site": "same-origin"})).status_code == 303


async def test_a_key_that_only_reads_sees_no_form_and_writes_with_none(console: Console, room: Room) -> None:
    action = await _told(room)
    async with console.signed_in(console.keys.create("looker", [Scope.OUTREACH_READ])) as client:
        page = (await client.get(action.removesuffix("/acts") + "?lang=en")).text
        assert list(forms_of(page)) == []
        assert "outreach:write" in page
        token = _token_for(client, action)
        assert (await client.post(action, data={"what": "real", "token": token})).status_code == 403


def _token_for(client: AsyncClient, action: str) -> str:
    """The token as the form would have it, were there one: made from the client's own cookie."""
    return hmac.new(client.cookies[COOKIE].encode(), b"banso form\0" + action.encode(), sha256).hexdigest()


@pytest.mark.parametrize(
    "said",
    [
        {"what": "perhaps"},
        {},
        {"what": "snoozed"},
        {"what": "snoozed", "days": "400"},
        {"what": "snoozed", "days": "x"},
    ],
)
async def test_a_deed_that_is_none_is_refused(reader: AsyncClient, room: Room, said: dict[str, str]) -> None:
    action = await _told(room)
    answer = await send(reader, (await reader.get(action.removesuffix("/acts"))).text, action, **said)
    assert answer.status_code == 400
    assert (await room.row()).snoozed_until is None


async def test_a_form_without_end_is_refused(reader: AsyncClient, room: Room) -> None:
    action = await _told(room)
    assert (await reader.post(action, content=b"token=" + b"x" * 5_000)).status_code == 413
    assert (await reader.post(action, content=b"&".join([b"a=1"] * 60))).status_code == 400
