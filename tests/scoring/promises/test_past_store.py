"""The past out of the store holds every fact once, with the day it became known, merged or not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import HealthCheck, given, settings

from banso_common.clock import DAY_MS
from banso_common.contracts.account_activity import AccountActivity
from banso_common.db.transaction import reading
from banso_scoring import past_store
from banso_scoring.domain.facts.fact_columns import merge_into
from banso_scoring.domain.past.past import NEVER, Past
from tests.conftest import START_AT
from tests.scoring.promises.room import Room, plain
from tests.scoring.promises.streams import Facts, Fold, event, streams, told

TODAY = START_AT // DAY_MS


async def past_of(room: Room, names: Sequence[str] | None = None) -> Past:
    async with reading(room.engine) as tx:
        return await past_store.read(tx, room.member.model, names)


def facts_of(past: Past) -> Facts:
    rows: dict[tuple[str, int], dict[tuple[str, int], object]] = {}
    merge_into(rows, past.history.facts)  # type: ignore[arg-type]
    return plain(rows)  # type: ignore[arg-type]


@given(stream=streams())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
async def test_every_fact_is_there_once_with_the_day_it_became_known(
    quick_room: Room, stream: list[AccountActivity]
) -> None:
    await quick_room.wipe()
    await quick_room.take(*stream[: len(stream) // 2])
    await quick_room.merge()
    await quick_room.take(*stream[len(stream) // 2 :])
    past = await past_of(quick_room)
    assert facts_of(past) == Fold().take(stream).facts
    assert (np.diff(past.history.facts.known_day) >= 0).all()
    some = [*past.history.names][::2]
    assert facts_of(await past_of(quick_room, [*some, "nobody"])) == {
        key: cells for key, cells in Fold().take(stream).facts.items() if key[0] in some
    }


async def test_both_stores_show_the_panel_that_the_live_window_shows(room: Room) -> None:
    stream = [event(n, ("acme", "zeta")[n % 3 % 2], "act", START_AT - n * DAY_MS, user=f"u{n % 5}") for n in range(90)]
    await room.take(*stream[:50])
    await room.merge()
    await room.take(*stream[50:], told(500, "acme", START_AT, {"seats": 7, "renewal_at": START_AT + 40 * DAY_MS}))
    past = await past_of(room)
    live = room.member.portfolio
    assert [*past.history.names] == ["acme", "zeta"]
    there = np.array([live.find("acme"), live.find("zeta")])
    shown, told_live = past.panel(np.arange(2), TODAY), live.panel(there, TODAY)
    for column in ("daily", "users", "users_total", "seats", "age_days", "renewal_in_days", "ended"):
        assert getattr(shown, column).tobytes() == getattr(told_live, column).tobytes(), column


async def test_late_facts_change_what_is_true_and_not_what_was_known(quick_room: Room) -> None:
    on_time = [event(n, "acme", "act", START_AT - n * DAY_MS) for n in range(10)]
    await quick_room.take(*on_time)
    before = (await past_of(quick_room)).panel(np.array([0]), TODAY, TODAY)
    await quick_room.take(*[event(100 + n, "acme", "act", START_AT - n * DAY_MS, after=20 * DAY_MS) for n in range(5)])
    past = await past_of(quick_room)
    assert past.panel(np.array([0]), TODAY, TODAY).daily.tobytes() == before.daily.tobytes()
    assert past.panel(np.array([0]), TODAY).daily.sum() > before.daily.sum()
    assert past.days == (TODAY - 9, TODAY + 20)


async def test_a_statement_counts_from_the_day_it_was_made(quick_room: Room) -> None:
    await quick_room.take(
        event(1, "acme", "act", START_AT - 5 * DAY_MS), told(2, "acme", START_AT - 2 * DAY_MS, {"seats": 7})
    )
    past = await past_of(quick_room)
    assert past.panel(np.array([0]), TODAY - 2).seats.tolist() == [7.0]
    assert np.isnan(past.panel(np.array([0]), TODAY - 3).seats).all()
    assert past.history.spoken_day.tolist() == [TODAY - 2]
    assert past.panel(np.array([0]), TODAY).age_days.tolist() == [5.0]


async def test_a_store_without_facts_has_no_days(quick_room: Room) -> None:
    past = await past_of(quick_room)
    assert len(past) == 0
    assert past.ended.after(0).tolist() == []
    assert NEVER not in past.history.facts.day
