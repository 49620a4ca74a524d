"""The console in a real browser: sign in, read in both languages, open an account; hostile names stay inert."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.scoring.api.given import Door, Tenant, statement
from tests.scoring.console.test_pages import HOSTILE, _fill


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path) -> str:
    """The pages are held to both stores elsewhere; a browser need not be started twice."""
    return f"sqlite+aiosqlite:///{tmp_path / 'banso.sqlite'}"


async def test_a_reader_signs_in_reads_in_both_languages_and_opens_an_account(
    scoring: Tenant, console: Door, address: str, browser: Browser
) -> None:
    await _fill(scoring)
    context = await browser.new_context(locale="ja-JP", java_script_enabled=False)
    page = await context.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    await page.goto(f"{address}/accounts/bad")
    await expect(page).to_have_url(f"{address}/login?next=%2Faccounts%2Fbad")
    await page.fill("#key", console.key)
    await page.click("form.sign-in button")
    await expect(page).to_have_url(f"{address}/accounts/bad")
    await expect(page.locator("h1")).to_have_text("Trouble 株式会社")
    await page.click("text=一覧へ戻る")
    await expect(page.locator("h1")).to_have_text("今日の対応")
    first = page.locator("table.accounts tbody tr").first
    await expect(first).to_contain_text("黙って困っている")
    await page.click("header >> text=English")
    await expect(page.locator("h1")).to_have_text("Today")
    await expect(first).to_contain_text("struggling in silence")
    await first.locator("a.name").click()
    await expect(page.locator("h2").first).to_have_text("Health score now")
    await page.goto(address)
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await page.fill("input[name=q]", "usual/1")
    await page.click("text=Filter")
    await expect(page.locator("table.accounts tbody tr")).to_have_count(10)
    await page.click("text=Sign out")
    await page.goto(address)
    await expect(page.locator("#key")).to_be_visible()
    assert refused == []
    await context.close()


async def test_a_hostile_name_runs_nothing(scoring: Tenant, console: Door, address: str, browser: Browser) -> None:
    await scoring.take([statement("h/<b>", scoring.clock.now(), name=HOSTILE, owner_name=HOSTILE)])
    page = await browser.new_page()
    seen: list[str] = []
    page.on("dialog", lambda dialog: seen.append(dialog.message))
    page.on(
        "request", lambda request: seen.append(request.url) if not request.url.startswith((address, "data:")) else None
    )
    await page.goto(f"{address}/login?ticket={console.keys.tickets.issue(console.key)}")
    assert console.key not in page.url
    for _ in range(2):
        assert await page.locator("script, main img").count() == 0
        assert HOSTILE[:25] in await page.locator("main").inner_text()
        await page.locator("a.name").first.click() if await page.locator("a.name").count() else None
    assert await page.evaluate("document.cookie") == "", "no script may read the key"
    assert seen == []
    await page.close()


async def test_a_link_from_another_site_opens_the_page_for_who_is_signed_in(
    scoring: Tenant, console: Door, address: str, browser: Browser
) -> None:
    await scoring.tell("acme", name="Acme")
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{address}/login?ticket={console.keys.tickets.issue(console.key)}")
    link = f'<a href="{address}/accounts/acme">open</a>'
    await page.route("http://slack.example/", lambda route: route.fulfill(body=link, content_type="text/html"))
    await page.goto("http://slack.example/")
    await page.click("text=open")
    await expect(page.locator("h1")).to_have_text("Acme")
    await context.clear_cookies()
    await page.goto("http://slack.example/")
    await page.click("text=open")
    await expect(page.locator("#key")).to_be_visible()
    await context.close()
