"""Promise 4, order does not matter: permuting, splitting, repeating or delaying gives the same state, byte for byte."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from banso_common.clock import DAY_MS, ManualClock
from banso_common.contracts.account_activity import AccountActivity, Scalar
from banso_scoring import tables as t
from banso_scoring.domain.facts.day_facts import encode
from banso_scoring.portfolio import Portfolio
from tests.conftest import START_AT
from tests.scoring.promises.room import Room, plain
from tests.scoring.promises.streams import Fold, arrivals, event, streams, told

Quick = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@st.composite
def two_ways(draw: st.DrawFn) -> tuple[list[AccountActivity], list[list[AccountActivity]]]:
    """A stream, and another way for it to arrive."""
    stream = draw(streams())
    return stream, draw(arrivals(stream))


async def arrived(room: Room, batches: list[list[AccountActivity]]) -> None:
    """Let an empty room take `batches`."""
    await room.wipe()
    for batch in batches:
        await room.take(*batch)


def live(portfolio: Portfolio) -> dict[str, tuple[bytes, ...]]:
    """The live window of each account: its counts, sums and users of each day up to today."""
    found = {}
    for position, name in enumerate(portfolio.names):
        here = np.array([position])
        today = int(portfolio.today(here, START_AT)[0])
        panel = portfolio.panel(here, today)
        columns = (panel.daily, panel.users, panel.users_total, panel.seats, panel.age_days)
        found[name] = tuple(column.tobytes() for column in columns)
    return found


@Quick
@given(ways=two_ways())
async def test_any_way_to_arrive_gives_the_same_facts_profiles_plans_and_live_window(
    quick_room: Room, ways: tuple[list[AccountActivity], list[list[AccountActivity]]]
) -> None:
    room, (stream, batches) = quick_room, ways
    found = []
    for way in ([stream], batches):
        await arrived(room, way)
        projected = live(room.member.portfolio)
        profiles = [(row.account, bytes(row.profile), row.first_day) for row in await room.rows(t.account)]
        unmerged = {key: encode(cells) for key, cells in (await room.read_facts()).items()}
        await room.merge()
        merged = await room.stored_facts()
        assert merged == unmerged, "merging the journal changed what a reader sees"
        assert {key: encode(cells) for key, cells in (await room.read_facts()).items()} == merged
        plans = [(row.account, bytes(row.plan)) for row in await room.rows(t.success_plan)]
        found.append((merged, projected, profiles, plans))
    assert found[0] == found[1]


@Quick
@given(ways=two_ways())
async def test_the_facts_are_the_fold_of_the_stream(
    quick_room: Room, ways: tuple[list[AccountActivity], list[list[AccountActivity]]]
) -> None:
    stream, batches = ways
    await arrived(quick_room, batches)
    fold = Fold().take(one for batch in batches for one in batch)
    assert plain(await quick_room.read_facts()) == fold.facts
    lanes = await quick_room.rows(t.lane)
    assert sum(row.received for row in lanes) == sum(map(len, batches))
    assert sum(row.applied for row in lanes) == len({one.identity for one in stream})
    assert sum(row.duplicate for row in lanes) == fold.repeats


@Quick
@given(ways=two_ways())
async def test_the_live_window_grown_batch_by_batch_is_the_one_rebuilt_from_the_store(
    quick_room: Room, ways: tuple[list[AccountActivity], list[list[AccountActivity]]]
) -> None:
    await arrived(quick_room, ways[1])
    grown = live(quick_room.member.portfolio)
    await quick_room.reload()
    assert live(quick_room.member.portfolio) == grown
    await quick_room.merge()
    await quick_room.reload()
    assert live(quick_room.member.portfolio) == grown


async def test_a_window_that_moved_on_shows_what_a_new_one_shows(quick_room: Room, clock: ManualClock) -> None:
    room = quick_room
    for day in range(0, 150, 3):
        clock.move_to(START_AT + day * DAY_MS)
        await room.take(event(day, "acme", "report.created", clock.now(), user=f"u{day}"))
        await room.sweep(clock.now())
    here = np.array([0])

    def shown() -> list[bytes]:
        panel = room.member.portfolio.panel(here, room.member.today())
        return [column.tobytes() for column in (panel.daily, panel.users, panel.users_total)]

    moved = shown()
    await room.reload()
    assert shown() == moved


async def test_objectives_agreed_after_their_progress_came_are_the_same_as_before(room: Room) -> None:
    agreed: dict[str, Scalar] = {"baseline": 40, "target": 15, "agreed_on": "2026-01-01", "due_on": "2026-06-01"}
    said = {f"objectives.pace.{field}": value for field, value in agreed.items()}
    progress = [told(10 + n, "acme", START_AT - n * DAY_MS, {"objectives.pace.value": 31 + n}) for n in range(3)]
    statements = [told(1, "acme", START_AT, said), *progress]
    use = [event(n, "acme", "report.created", START_AT - n * DAY_MS) for n in range(2, 40)]
    found = []
    for way in (statements, statements[::-1]):
        await arrived(room, [use, *([one] for one in way)])
        await room.sweep(START_AT)
        shown = [(row.score, row.objectives, row.band) for row in await room.rows(t.health)]
        found.append(([bytes(row.plan) for row in await room.rows(t.success_plan)], shown))
        assert shown[0][1] == "on-track"
        await room.reload()
        await room.sweep(START_AT)
        assert [(row.score, row.objectives, row.band) for row in await room.rows(t.health)] == shown
    assert found[0] == found[1]
