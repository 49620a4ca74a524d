"""From real students' events to a message: the whole path, embedded, over the first month of one module."""

from __future__ import annotations

from pathlib import Path

from banso_common.contracts.account_signal import SUBJECT_PREFIX
from tests.standalone.house import fresh_journal, open_house
from tests.story.caller import calling

DAYS = 27
"""The first deadline passes on a Wednesday, a week ago."""


async def test_a_month_of_a_course_ends_in_messages_about_who_needs_somebody(data_dir: Path) -> None:
    async with open_house(data_dir, fresh_journal(DAYS, "AAA")) as house, calling(house) as caller:
        await house.replay()

        accounts = await caller.accounts(limit=100)
        assert len(accounts) > 300
        assert {account["phase"] for account in accounts} >= {"implementation", "operation"}
        assert {account["band"] for account in accounts} >= {"healthy", "watch"}
        assert all(account["owner"] == "tutor.aaa@example.org" for account in accounts)

        sent = (await caller.get("/v1/outreach", state="sent", limit=200))["outreach"]
        assert sent, "somebody was told"
        to_owner = [each for each in sent if each["audience"] == "owner"]
        assert {(each["channel"], each["recipient"]) for each in to_owner} == {("console", "Tutor AAA")}
        about = [each for each in sent if not each["account"].startswith(SUBJECT_PREFIX)]
        assert {each["account"] for each in about} <= {account["account"] for account in accounts}
        assert {each["kind"] for each in about} <= {
            "struggling",
            "health-critical",
            "stalled",
            "goal-reached",
            "contract-ended",
        }

        detail = await caller.get(f"/v1/accounts/{about[0]['account']}")
        assert detail["summary"]["name"] == about[0]["account_name"]
        assert detail["history"], "how it came to this"

        assert house.standalone.messages.held == sum(each["told_in"] is None for each in sent)
        assert "Tutor AAA" in house.standalone.messages.newest


async def test_nothing_of_a_story_is_lost_on_the_way(data_dir: Path) -> None:
    async with open_house(data_dir, fresh_journal(21, "AAA")) as house, calling(house) as caller:
        told = await house.replay()
        conservation = await caller.get("/v1/conservation")
        assert conservation["adds_up"]
        assert sum(lane["received"] for lane in conservation["lanes"]) == told[-1].events
        ready = await caller.get("/readyz")
        assert ready["ready"], ready
