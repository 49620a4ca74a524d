"""Among companies that write when they fail, one fails as much and writes nothing: banso names it, and only it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from banso_common.clock import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, iso
from tests.standalone.house import NOW_AT, House, open_house
from tests.story.caller import Caller, calling

COMPANIES = [f"company-{number:02}" for number in range(60)]
VOCAL = set(COMPANIES[:8])
SILENT = "company-42"
CALM_DAYS, TROUBLED_DAYS = 42, 14
SATURDAY = 5


def attributes(company: str) -> dict[str, Any]:
    return {
        "account": company,
        "attributes": {
            "name": company.title(),
            "acv": 12_000,
            "currency": "USD",
            "seats": 10,
            "owner": {"name": "Aiko", "email": "aiko@vendor.example"},
            "owner_locale": "en-US",
        },
    }


def day_of(company: str, day: int, at: int) -> Iterator[dict[str, Any]]:
    """A working day: 18 actions by three people, some of which fail; who fails writes, but for one."""
    chance = Random(f"{company} {day}")
    in_trouble = day >= CALM_DAYS and (company in VOCAL or company == SILENT)
    failing = 0.3 if in_trouble else 0.02
    writing = 0.0 if company == SILENT and in_trouble else 0.35
    for action in range(18):
        common = {"account": company, "user": f"user-{action % 3}", "at": iso(at - action * 5 * MINUTE_MS)}
        yield {**common, "name": "report.created", "id": f"{company}/{day}/{action}"}
        if chance.random() < failing:
            yield {**common, "name": "export.failed", "id": f"{company}/{day}/{action}/failed"}
            if chance.random() < writing:
                yield {**common, "name": "ticket.opened", "id": f"{company}/{day}/{action}/ticket"}
    if chance.random() < 0.03 and not (company == SILENT and in_trouble):
        yield {"account": company, "user": "user-0", "name": "ticket.opened", "id": f"{company}/{day}/t", "at": iso(at)}


async def test_the_silent_company_is_named_with_its_evidence_and_its_owner_is_told(data_dir: Path) -> None:
    async with open_house(data_dir, None) as house, calling(house) as caller:
        await caller.send([attributes(company) for company in COMPANIES])
        for day in range(CALM_DAYS + TROUBLED_DAYS):
            await live_through(house, caller, day)

        silent = await caller.accounts(signal="silent-struggling")
        assert [account["account"] for account in silent] == [SILENT]
        struggling = await caller.accounts(signal="struggling")
        assert {account["account"] for account in struggling} <= VOCAL | {SILENT}, "they are in trouble, and write"

        called = (await caller.get("/v1/outreach", kind="silent-struggling"))["outreach"]
        assert {each["recipient"] for each in called} == {"Aiko"}
        told = [each["turn"] for each in called if (each["account"], each["state"]) == (SILENT, "sent")]
        assert sorted(told) == list(range(len(told))), "told once, and again while nobody took it"
        assert len({each["account"] for each in called} - {SILENT}) <= 1, "one false alarm at most in eight weeks"

        detail = await caller.get(f"/v1/accounts/{SILENT}")
        assert "silent-struggling" in detail["summary"]["signals"]
        assert (await caller.get("/v1/conservation"))["adds_up"]


async def live_through(house: House, caller: Caller, day: int) -> None:
    """One day in virtual time: the events of its work by HTTP, then its close."""
    noon_at = NOW_AT + day * DAY_MS + 2 * HOUR_MS
    house.clock.move_to(noon_at)
    if datetime.fromtimestamp(noon_at / SECOND_MS, UTC).weekday() < SATURDAY:
        await caller.send([event for company in COMPANIES for event in day_of(company, day, noon_at)])
    await house.standalone.drained()
    house.clock.move_to(noon_at + 12 * HOUR_MS + MINUTE_MS)
    await house.standalone.sweep()
    await house.standalone.drained()
