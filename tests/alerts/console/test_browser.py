"""The pages of outreach in a real browser without JavaScript: sign in, read in both languages, answer, silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from banso_alerts.domain.plays import GROUP
from tests.alerts.console.given import Console
from tests.alerts.console.invented import live_through
from tests.alerts.console.pictures import served
from tests.alerts.console.proven import judge_all, measure_all
from tests.alerts.room import Room

NARROW = 390


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path) -> str:
    """The pages are held to both stores elsewhere; a browser need not be started twice."""
    return f"sqlite+aiosqlite:///{tmp_path / 'banso.sqlite'}"


async def _row_of(page: Page, text: str) -> str:
    return " ".join((await page.locator("table.outreaches tr", has_text=text).inner_text()).split())


async def test_a_manager_reads_answers_judges_a_group_and_silences(
    room: Room, console: Console, browser: Browser
) -> None:
    await live_through(room)
    context = await browser.new_context(locale="ja-JP", java_script_enabled=False)
    page = await context.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    async with served(console) as address:
        await page.goto(f"{address}/outreach")
        await page.fill("#key", console.key)
        await page.click("form.sign-in button")
        await expect(page).to_have_url(f"{address}/outreach")
        await expect(page.locator("h1")).to_have_text("アウトリーチ")
        await page.click("section.heaps >> text=回答待ち")
        await expect(page.locator("table.outreaches tbody tr")).to_have_count(2)
        await page.click("text=みなと信用金庫：ヘルススコアが危険域です")
        await page.click("text=本当だった")
        await expect(page.locator("#answer")).to_contain_text("判定：本当だった console")
        await page.click("text=対応します")
        await expect(page.locator("#answer")).to_contain_text("console が対応中")
        await page.click("header >> text=English")
        await expect(page.locator("#answer")).to_contain_text("in hand: console")

        group = next(row for row in await room.rows() if row.play == GROUP)
        await page.goto(f"{address}/outreach/{group.id}")
        await page.locator("table.outreaches tr", has_text="三条フーズ").get_by_text("Not real").click()
        assert "Verdict: not real console" in await _row_of(page, "三条フーズ")
        assert "Verdict" not in await _row_of(page, "桜台クリニック")

        await page.click("header >> text=Outreach")
        await page.click("text=Silences")
        await page.fill("input[name=account]", "crm-4100")
        await page.fill("input[name=comment]", "They are moving.")
        await page.click("text=Silence >> nth=-1")
        await expect(page.locator("table.outreaches tbody tr")).to_have_count(2)
        await page.locator("table.outreaches tr", has_text="They are moving.").get_by_text("End it").click()
        await expect(page.locator("table.outreaches tbody tr")).to_have_count(1)
    assert refused == []
    await context.close()


@pytest.mark.parametrize("width", [NARROW, 1280])
async def test_no_page_is_wider_than_its_window(room: Room, console: Console, browser: Browser, width: int) -> None:
    await live_through(room)
    await judge_all(room)
    await measure_all(room)
    one = (await room.rows())[0].id
    context = await browser.new_context(viewport={"width": width, "height": 800})
    page = await context.new_page()
    async with served(console) as address:
        await page.goto(f"{address}/login?ticket={console.keys.tickets.issue(console.key)}")
        for place in ("", "?show=held", "/rules", "/proof", "/silences", f"/{one}"):
            for language in ("ja", "en"):
                separator = "&" if "?" in place else "?"
                await page.goto(f"{address}/outreach{place}{separator}lang={language}")
                wide = await page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, (place, language, wide)
    await context.close()


async def test_by_keyboard_everything_that_can_be_pressed_is_reached_and_seen(
    room: Room, console: Console, browser: Browser
) -> None:
    await live_through(room)
    context = await browser.new_context(locale="en-GB")
    page = await context.new_page()
    async with served(console) as address:
        await page.goto(f"{address}/login?ticket={console.keys.tickets.issue(console.key)}")
        one = next(row for row in await room.rows() if row.severity == "critical")
        await page.goto(f"{address}/outreach/{one.id}")
        reached = set()
        for _ in range(60):
            await page.keyboard.press("Tab")
            reached.add(await page.evaluate("document.activeElement.textContent.trim()"))
            outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", reached
            if "Sign out" in reached and "Snooze" in reached:
                break
        assert {
            "Today",
            "Outreach",
            "Sign out",
            "I take it",
            "It is real",
            "Not real",
            "I knew it",
            "Snooze",
        } <= reached
    await context.close()
