"""Slack's blocks: valid by Slack's own models and limits, whatever stands in the message; who did what, encoded."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.models.blocks import Block

from banso_alerts.domain.acts import Act, Deed, Source
from banso_alerts.render.blocks import ACTS_SHOWN_MAX, SNOOZE_DAYS, as_blocks
from banso_alerts.render.message import Message, Section
from banso_common.clock import DAY_MS
from banso_common.contracts.account_signal import Severity
from tests.alerts.letters import letter
from tests.alerts.made import MONDAY_NOON, signal

LONG = "<!channel> & 株式会社" * 400
ID = "0" * 32


def act(what: Deed, who: str, until: int | None = None) -> Act:
    return Act(ID, what, who, MONDAY_NOON, Source.BUTTON, until)


def texts(blocks: Any) -> list[tuple[str, str]]:
    """Every text object below `blocks`, by its kind."""
    if isinstance(blocks, list):
        return [found for each in blocks for found in texts(each)]
    if not isinstance(blocks, dict):
        return []
    own = [(blocks["type"], blocks["text"])] if isinstance(blocks.get("text"), str) else []
    return own + [found for each in blocks.values() for found in texts(each)]


@pytest.mark.parametrize("locale", ["ja", "en"])
@pytest.mark.parametrize("size", ["usual", "huge", "empty"])
def test_every_message_is_valid_for_slack(locale: str, size: str) -> None:
    message = letter(of=signal(owner_locale=locale, trend=[70, -1, 30])).message
    if size == "huge":
        message = Message(ID, locale, Severity.INFO, LONG, [Section(LONG[:200], [LONG[:900]] * 40)] * 6, None)
    if size == "empty":
        message = Message(ID, locale, Severity.INFO, "x", [Section("", []), Section("h", [])], None)
    done = [act(Deed.SNOOZED, "slack:U0SATO", MONDAY_NOON + DAY_MS)] + [
        act(Deed.REAL, f"key {n} " + LONG) for n in range(30)
    ]
    blocks = as_blocks(message, acts=done, buttons=True)
    for block in blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
        assert parsed.to_dict() == block
    assert len(blocks) <= 50
    assert all(1 <= len(text) <= 3_000 for _, text in texts(blocks))
    assert len(blocks[0]["text"]["text"]) <= 150
    elements = [element for block in blocks if block["type"] == "actions" for element in block["elements"]]
    assert all(len(element.get("value", "")) <= 2_000 for element in elements)
    assert all(len(element["text"]["text"]) <= 75 for element in elements if element["type"] == "button")
    assert len({element["action_id"] for element in elements}) == len(elements)
    contexts = [block for block in blocks if block["type"] == "context"]
    assert all(len(block["elements"]) <= ACTS_SHOWN_MAX <= 10 for block in contexts)


def test_the_buttons_carry_the_outreach_and_the_menu_its_days() -> None:
    message = letter().message
    first, second = (block["elements"] for block in as_blocks(message, buttons=True) if block["type"] == "actions")
    take, snooze = first
    assert (take["action_id"], take["value"]) == ("banso_acknowledged", message.outreach_id)
    assert [option["value"] for option in snooze["options"]] == [f"{message.outreach_id}/{d}" for d in SNOOZE_DAYS]
    assert [button["action_id"] for button in second] == ["banso_real", "banso_not-real", "banso_knew-it"]


def test_without_a_signing_secret_there_is_nothing_to_press() -> None:
    assert "actions" not in {block["type"] for block in as_blocks(letter().message)}


def test_who_acted_is_a_mention_only_when_slack_knows_them() -> None:
    done = [act(Deed.REAL, "slack:U0SATO"), act(Deed.NOT_REAL, "crm <!channel> *x*\n"), act(Deed.REAL, "slack:<!here>")]
    said = [element["text"] for element in as_blocks(letter().message, acts=done)[-1]["elements"]]
    assert "· <@U0SATO> ·" in said[0]
    assert "crm &lt;!channel&gt; *x* ·" in said[1]
    assert "<!here>" not in said[2]
    assert f"<!date^{MONDAY_NOON // 1_000}^{{date_short}} {{time}}|2026-03-02T03:00:00.000Z>" in said[0]
