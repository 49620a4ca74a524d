"""After a switch the plays of the model that counts are at work, without a restart, in all three services at once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from banso_common.clock import MINUTE_MS, iso
from banso_scoring.model.load import default_text, load_model
from tests.standalone.house import House, open_house
from tests.story.caller import Caller, calling

PLAYS = """
plays:
  - set-expectations
  - first-small-success
  - define-the-goal
  - give-the-goal
  - learn-the-basics
  - guide-at-scale
  - name: {name}
    when: {{kind: contract-ended}}
    audience: {audience}
    channels: [console]
    text:
      ja: {{title: "{name}", what: w, do: d}}
      en: {{title: "{name}", what: w, do: d}}
    cooldown_hours: 0
    expiry_hours: 240
    quiet_hours: false
"""


def model(name: str, play: str, audience: str = "team") -> str:
    return default_text().replace("name: b2b-software", f"name: {name}") + PLAYS.format(name=play, audience=audience)


async def ended(house: House, caller: Caller, account: str) -> dict[str, Any]:
    """The outreach, as it is shown, that follows when this account's contract ends."""
    now = house.clock.now() + MINUTE_MS
    house.clock.move_to(now)
    await caller.send([{"account": account, "user": "u", "name": "contract.ended", "id": account, "at": iso(now)}])
    await house.standalone.drained()
    await house.standalone.sweep()
    await house.standalone.drained()
    (only,) = (await caller.get("/v1/outreach", account=account))["outreach"]
    detail: dict[str, Any] = await caller.get(f"/v1/outreach/{only['id']}")
    return detail


async def test_a_switch_brings_its_plays_and_each_decision_names_those_it_was_made_under(
    data_dir: Path, tmp_path: Path
) -> None:
    file = tmp_path / "first.yaml"
    file.write_text(model("mine", "first"), "utf-8")
    async with open_house(data_dir, None, file) as house, calling(house) as caller:
        found = [await ended(house, caller, "a")]
        answer = await caller.put("/v1/model", model("mine", "second"))
        assert answer["wanted"] is None, "the same model: only its plays are others"
        found.append(await ended(house, caller, "b"))
        await caller.put("/v1/model", model("other", "third"))
        wanted = load_model(model("other", "third"), "third.yaml").version
        async with asyncio.timeout(30):
            while (await caller.get("/v1/model/switch"))["current"] != wanted:  # noqa: ASYNC110 -- as who waits by HTTP does
                await asyncio.sleep(0.05)
        found.append(await ended(house, caller, "c"))
        rules = await caller.get("/v1/rules")
    assert [each["outreach"]["play"] for each in found] == ["first", "second", "third"]
    assert len({each["plays_version"] for each in found}) == 3
    assert rules["rules"][-1]["play"] == "third"
    assert rules["plays_version"] == found[-1]["plays_version"]


async def test_plays_that_are_wrong_are_refused_with_their_line_before_anything_is_switched(data_dir: Path) -> None:
    async with open_house(data_dir, None) as house, calling(house) as caller:
        refused = await caller.put("/v1/model", model("other", "wrong", audience="nobody"), status=400)
        assert refused["code"] == "model-wrong" and "'nobody' is none of" in refused["detail"]
        assert (await caller.get("/v1/model/switch"))["wanted"] is None
