"""Who comes in, and how: a key in a cookie that no script can read, and nothing without it."""

from __future__ import annotations

from pathlib import Path
from time import monotonic

import pytest
from httpx import AsyncClient

from banso_common.clock import HOUR_MS, ManualClock, SystemClock
from banso_common.http import tickets
from banso_common.http.auth import COOKIE
from banso_common.http.keys import Scope
from banso_common.http.tickets import TICKET_AGE_S, TICKETS_MAX
from banso_common.web.door import safe_next
from tests.scoring.api.given import Door, Tenant

PAGES = ["/", "/?band=watch&q=a", "/accounts/acme"]


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Keys are files: the store has no part in what is claimed here."""
    return f"sqlite+aiosqlite:///{tmp_path / 'banso.sqlite'}"


@pytest.mark.parametrize("page", PAGES)
async def test_who_has_no_key_is_led_to_sign_in_and_back_again(visitor: AsyncClient, page: str) -> None:
    answer = await visitor.get(page)
    assert answer.status_code == 303
    form = await visitor.get(answer.headers["location"])
    assert form.status_code == 200
    assert f'value="{page.replace("&", "&amp;")}"' in form.text


async def test_the_icon_that_browsers_ask_for_is_there_for_all(visitor: AsyncClient) -> None:
    answer = await visitor.get("/favicon.ico")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert answer.text.startswith("<svg ")
    assert "max-age" in answer.headers["cache-control"]
    page = (await visitor.get("/login")).text
    assert '<link rel="icon" type="image/svg+xml" href="/favicon.ico">' in page


async def test_the_api_stays_problem_json_for_who_has_no_key(visitor: AsyncClient) -> None:
    answer = await visitor.get("/v1/accounts", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


async def test_a_key_in_the_form_opens_the_page_that_was_wanted(console: Door, visitor: AsyncClient) -> None:
    answer = await visitor.post("/login", data={"key": f" {console.key} ", "next": "/?band=watch"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/?band=watch")
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(COOKIE)
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie
    assert (await visitor.get("/")).status_code == 200


async def test_a_link_signs_in_once_and_again_only_where_it_has(console: Door, visitor: AsyncClient) -> None:
    link = f"/login?ticket={console.keys.tickets.issue(console.key)}"
    answer = await visitor.get(link)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert console.key not in str(answer.headers["location"])
    assert (await visitor.get("/")).status_code == 200
    assert (await visitor.get(link)).headers["location"] == "/"
    async with console.client("") as other:
        spent = await other.get(link)
        assert (spent.status_code, "set-cookie" in spent.headers) == (401, False)
        assert "works once" in spent.text and 'id="key"' in spent.text


async def test_a_link_is_worth_nothing_after_an_hour(
    console: Door, visitor: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = console.keys.tickets.issue(console.key)
    later = monotonic() + TICKET_AGE_S
    monkeypatch.setattr(tickets, "monotonic", lambda: later)
    assert (await visitor.get("/login", params={"ticket": ticket})).status_code == 401


def test_of_links_that_nobody_uses_only_the_newest_are_kept(console: Door) -> None:
    made = [console.keys.tickets.issue(console.key) for _ in range(TICKETS_MAX + 1)]
    assert [console.keys.tickets.redeem(ticket) is not None for ticket in made] == [False] + [True] * TICKETS_MAX


async def test_a_key_in_the_address_opens_nothing(console: Door, visitor: AsyncClient) -> None:
    answer = await visitor.get("/login", params={"key": console.key})
    assert (answer.status_code, "set-cookie" in answer.headers) == (200, False)
    assert console.key not in answer.text
    assert (await visitor.get("/")).status_code == 303


@pytest.mark.parametrize("address", ["/login", "/logout"])
async def test_a_page_of_another_site_signs_nobody_in_or_out(console: Door, visitor: AsyncClient, address: str) -> None:
    form = {"key": console.key}
    for site in ("cross-site", "same-site"):
        answer = await visitor.post(address, data=form, headers={"Sec-Fetch-Site": site})
        assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
    assert (await visitor.post(address, data=form, headers={"Sec-Fetch-Site": "same-origin"})).status_code == 303


async def test_a_key_that_has_expired_is_told_so_and_signed_out(console: Door, visitor: AsyncClient) -> None:
    at = SystemClock().now()
    lasts = console.keys.create("visit", [Scope.ACCOUNTS_READ], expires_at=at + HOUR_MS)
    await visitor.post("/login", data={"key": lasts})
    assert (await visitor.get("/")).status_code == 200
    console.keys._clock = ManualClock(at + HOUR_MS)
    assert (await visitor.get("/")).status_code == 303
    answer = await visitor.post("/login", data={"key": lasts})
    assert answer.status_code == 401 and "expired" in answer.text


async def test_over_tls_the_cookie_never_leaves_it(console: Door) -> None:
    async with console.client("") as client:
        client.base_url = "https://banso.example"
        answer = await client.post("/login", data={"key": console.key})
    assert "secure" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize("key", ["banso_wrong", "", "writer"])
async def test_a_key_that_may_not_read_opens_nothing(console: Door, visitor: AsyncClient, key: str) -> None:
    said = console.keys.create("writer", [Scope.EVENTS_WRITE]) if key == "writer" else key
    answer = await visitor.post("/login", data={"key": said})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert said == "" or said not in answer.text


async def test_a_reader_of_nothing_is_told_so_on_a_page(console: Door) -> None:
    writer = console.keys.create("writer", [Scope.EVENTS_WRITE])
    async with console.client(writer) as client:
        answer = await client.get("/")
    assert (answer.status_code, answer.headers["content-type"]) == (403, "text/html; charset=utf-8")


async def test_signing_out_forgets_the_key(console: Door, visitor: AsyncClient) -> None:
    await visitor.post("/login", data={"key": console.key})
    assert (await visitor.post("/logout")).status_code == 303
    assert (await visitor.get("/")).status_code == 303


@pytest.mark.parametrize(
    ("said", "gone_to"),
    [
        ("/accounts/a%20b?lang=ja", "/accounts/a%20b?lang=ja"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/a\r\nSet-Cookie: x=1", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_after_signing_in_nobody_is_sent_to_another_site(said: str | None, gone_to: str) -> None:
    assert safe_next(said) == gone_to


async def test_a_form_without_end_is_refused(visitor: AsyncClient) -> None:
    assert (await visitor.post("/login", content=b"key=" + b"x" * 5_000)).status_code == 413


@pytest.mark.parametrize("page", ["/login", "/", "/accounts/nobody", "/?sort=owner"])
async def test_no_page_runs_a_script_or_is_kept_or_framed(reader: AsyncClient, page: str) -> None:
    answer = await reader.get(page)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert " style=" not in answer.text, "the policy would not let it through"


async def test_the_cookie_reads_but_never_writes(scoring: Tenant, console: Door, visitor: AsyncClient) -> None:
    await visitor.post("/login", data={"key": console.key})
    assert (await visitor.get("/v1/accounts")).status_code == 200
    assert (await visitor.post("/v1/accounts")).status_code in (401, 405)
