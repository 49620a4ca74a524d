"""Promise 4 for the journey: any order of arrival ends in the same phases, entered and left on the same days."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from banso_common.clock import DAY_MS, HOUR_MS, ManualClock
from banso_common.contracts.account_activity import AccountActivity
from banso_common.db.transaction import reading
from banso_scoring import phase_store
from banso_scoring import tables as t
from banso_scoring.domain.journey.phase_history import Move, Moved
from tests.conftest import START_AT
from tests.scoring.promises.room import room_of
from tests.scoring.promises.streams import event

DAYS = 70
NAMES = ("steady", "pauses", "stops", "begins late")
START = START_AT - START_AT % DAY_MS + DAY_MS


def active(name: str, day: int) -> bool:
    return {
        "steady": True,
        "pauses": day < 25 or day > 67,
        "stops": day < 40,
        "begins late": day > 20,
    }[name]


def lived() -> list[list[AccountActivity]]:
    """What happened, day by day."""
    return [
        [
            event(1_000 * place + day, name, "report.created", START + day * DAY_MS + HOUR_MS, user="ann")
            for place, name in enumerate(NAMES)
            if active(name, day)
        ]
        for day in range(DAYS)
    ]


async def arrived(url: str, days: list[list[AccountActivity]]) -> dict[str, list[Move]]:
    """Let `days[d]` arrive on day d in an empty store; gives the moves after the last day's close."""
    clock = ManualClock(START_AT)
    async with room_of(url, clock) as room:
        for day, events in enumerate([*days, [], []]):
            clock.move_to(START + day * DAY_MS + 2 * HOUR_MS)
            if events:
                await room.take(*events)
            await room.sweep(clock.now())
        async with reading(room.engine) as tx:
            found = await phase_store.of_accounts(tx, room.member.model.version, NAMES)
        assert len(await room.rows(t.phase_move)) == sum(map(len, found.values()))
    return found


@pytest.fixture
async def on_time(tmp_path: Path) -> dict[str, list[Move]]:
    return await arrived(f"sqlite+aiosqlite:///{tmp_path / 'time.db'}", lived())


def test_the_journey_of_this_test_goes_forth_and_back(on_time: dict[str, list[Move]]) -> None:
    assert [move.moved for move in on_time["steady"]] == [Moved.PASSED] * 2
    assert Moved.FELL_BACK in [move.moved for move in on_time["pauses"]]
    assert all(move.day > move.since_day for some in on_time.values() for move in some)


@pytest.mark.parametrize("seed", range(1))
async def test_late_and_shuffled_facts_end_in_the_same_phases(
    on_time: dict[str, list[Move]], database_url: str, seed: int
) -> None:
    """Every event comes 0 to 40 days late, in any order within its day, on each kind of store."""
    draw = random.Random(seed)
    late: list[list[AccountActivity]] = [[] for _ in range(DAYS)]
    for day, events in enumerate(lived()):
        for one in events:
            late[min(DAYS - 1, day + draw.choice([0, 0, 1, 5, 40]))].append(one)
    for events in late:
        draw.shuffle(events)
    assert await arrived(database_url, late) == on_time


async def test_all_at_once_ends_in_the_same_phases(on_time: dict[str, list[Move]], database_url: str) -> None:
    everything = [one for events in lived() for one in events]
    random.Random(9).shuffle(everything)
    assert await arrived(database_url, [[] for _ in range(DAYS - 1)] + [everything]) == on_time
