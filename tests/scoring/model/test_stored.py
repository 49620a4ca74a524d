"""A model that was stored is obeyed as it was stored: what is refused today is told, and takes it from nobody."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from banso_common.clock import ManualClock
from banso_common.db.transaction import reading, transaction
from banso_scoring import switch_store
from banso_scoring import tables as t
from banso_scoring.model.findings import ModelError
from banso_scoring.model.load import default_model, load_model, load_stored
from tests.scoring.domain.builders import SMALL
from tests.scoring.promises.room import member_of, room_of
from tests.scoring.promises.switched import OLD

REFUSED_TODAY = SMALL.replace("at_least: 20}, {metric: error_rate", "at_least: -20}, {metric: error_rate") + (
    "capacity: {cost_per_hour: {ZZZ: 9}}\n"
)


def test_what_is_refused_today_is_obeyed_and_told_of_a_stored_model() -> None:
    with pytest.raises(ModelError):
        load_model(REFUSED_TODAY, "new.yaml")
    model, doubts = load_stored(REFUSED_TODAY, "small@stored")
    assert (model.version, model.text) == ("small@stored", REFUSED_TODAY)
    assert len(doubts) == 2 and "ZZZ is no currency" in doubts[0] and "-20.0 is below 0" in doubts[1]
    assert load_stored(SMALL, "small@stored")[1] == []


@pytest.mark.parametrize("text", ["{", "name: small", SMALL.replace("weight: 3", "weight: three"), SMALL + "more: 1\n"])
def test_what_cannot_be_obeyed_is_refused_of_a_stored_model_too(text: str) -> None:
    with pytest.raises(ModelError):
        load_stored(text, "small@stored")


@pytest.mark.parametrize("readable", [True, False])
async def test_a_start_on_a_store_of_yesterday_goes_on_with_the_stored_model_or_says_which_counts(
    database_url: str, clock: ManualClock, readable: bool
) -> None:
    async with room_of(database_url, clock, model=OLD) as room, transaction(room.engine) as tx:
        text = REFUSED_TODAY if readable else "name: small\nof: another time\n"
        await tx.execute(update(t.model).where(t.model.c.version == OLD.version).values(text=text.encode()))
    with capture_logs() as said:
        async with member_of(database_url, clock, model=default_model()) as again:
            await again.member.configure()
            await again.reload()
            async with reading(again.engine) as tx:
                switch = await switch_store.read(tx)
            counts = again.member.model
    assert switch is not None and switch.current == counts.version
    told = {line["event"]: line for line in said}
    if readable:
        assert (counts.version, counts.text) == (OLD.version, REFUSED_TODAY)
        assert "ZZZ" in str(told["a stored model has what is refused today; it counts as it is"]["why"])
    else:
        assert counts.version == default_model().version
        assert told["a stored model cannot be read"]["log_level"] == "error"
        assert told["the stored model cannot be read: the one of the settings counts"]["was"] == OLD.version
