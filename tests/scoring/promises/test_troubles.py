"""The troubles of an account are kept as they are true now: whatever the order of arrival, and whoever was awake."""

from __future__ import annotations

from pathlib import Path

import pytest

from banso_common.clock import DAY_MS, ManualClock
from banso_common.contracts.account_activity import AccountActivity
from banso_scoring import tables as t
from banso_scoring.domain.standing import NO_DAY, OPENED
from banso_scoring.domain.struggle.course import Stage
from banso_scoring.domain.struggle.course_history import Episode, Outcome, at_close
from tests.conftest import START_AT
from tests.scoring.domain.struggle.lives import spoken_model
from tests.scoring.promises.room import Room, room_of
from tests.scoring.promises.streams import event

MODEL = spoken_model("connected")
CALM, BAD, DAYS = 28, 10, 26


def a_life(
    *, wrote: int | None = None, solved: int | None = None, left: int | None = None
) -> list[list[AccountActivity]]:
    """Days of one account: calm work, then errors for some days; the days on which it wrote, was helped, and left."""
    days = []
    for day in range(CALM + BAD + DAYS):
        names = ["act"] * 6 + (["error"] * 4 if CALM <= day < CALM + BAD else [])
        names += ["contact"] if day == wrote else []
        names += ["solved"] if day == solved else []
        names = names if left is None or day < left else ["ended"] if day == left else []
        at = START_AT + day * DAY_MS
        days.append([event(1_000 * day + n, "acme", name, at + n * 60_000) for n, name in enumerate(names)])
    return days


async def lived(path: Path, life: list[list[AccountActivity]], *, late: int | None = None) -> list[tuple[object, ...]]:
    """The episodes that are kept in the end; the events of day `late` arrive five days later."""
    clock = ManualClock(START_AT)
    async with room_of(f"sqlite+aiosqlite:///{path}", clock, model=MODEL) as room:
        for day, events in enumerate(life):
            clock.move_to(START_AT + day * DAY_MS + DAY_MS // 2)
            arrived = [] if day == late else list(events)
            if late is not None and day == late + 5:
                arrived += life[late]
            await room.take(*arrived)
            await room.sweep(clock.now())
        clock.move_to(clock.now() + DAY_MS)
        await room.sweep(clock.now())
        return await episodes(room)


async def episodes(room: Room) -> list[tuple[object, ...]]:
    """What the store holds of troubles, but for the model's version."""
    return [tuple(row)[1:] for row in await room.rows(t.trouble_episode)]


async def test_a_trouble_is_kept_with_the_days_on_which_it_was_spoken_of_and_solved(tmp_path: Path) -> None:
    (row,) = await lived(tmp_path / "a.db", a_life(wrote=CALM + 6, solved=CALM + 12))
    account, opened, since, contacted, answered, resolved, closed, stage, silent, carried, outcome = row
    first = START_AT // DAY_MS
    assert account == "acme"
    assert CALM <= opened - first <= CALM + 6  # type: ignore[operator]
    assert (contacted, answered, resolved) == (first + CALM + 6, NO_DAY, first + CALM + 12)
    assert (stage, silent, carried, outcome) == ("confirmed", "unspoken", 1.0, "confirmed")
    assert closed != NO_DAY
    assert since == opened - MODEL.trouble.lead_days  # type: ignore[operator]


@pytest.mark.parametrize("late", [CALM + 6])
async def test_facts_that_come_late_end_in_the_same_troubles(tmp_path: Path, late: int) -> None:
    life = a_life(wrote=CALM + 6, solved=CALM + 12)
    at_once, later = await lived(tmp_path / "a.db", life), await lived(tmp_path / "b.db", life, late=late)
    assert [(row[:1] + row[3:]) for row in at_once] == [(row[:1] + row[3:]) for row in later]


@pytest.mark.parametrize("wrote", [None, CALM + 6])
async def test_a_trouble_that_goes_on_ends_with_the_contract(tmp_path: Path, wrote: int | None) -> None:
    left = CALM + BAD - 2
    (row,) = await lived(tmp_path / "a.db", a_life(wrote=wrote, left=left))
    *_, closed, stage, silent, _carried, outcome = row
    assert (closed, outcome, silent) == (START_AT // DAY_MS + left, "left", "unspoken")
    assert stage == ("unspoken" if wrote is None else "contacted")


async def test_an_end_of_the_contract_that_becomes_known_late_ends_the_trouble_on_its_day(tmp_path: Path) -> None:
    left = CALM + BAD - 2
    (row,) = await lived(tmp_path / "a.db", a_life(left=left), late=left)
    assert (row[6], row[-1]) == (START_AT // DAY_MS + left, "left")


async def test_a_trouble_that_was_over_before_the_contract_stays_what_it_was(tmp_path: Path) -> None:
    life = a_life(wrote=CALM + 6, solved=CALM + 12)
    (kept,) = await lived(tmp_path / "a.db", life)
    (row,) = await lived(tmp_path / "b.db", a_life(wrote=CALM + 6, solved=CALM + 12, left=CALM + BAD + 20))
    assert (row[3:7], row[-1]) == (kept[3:7], "resolved")


def test_what_ended_with_the_contract_leaves_no_trouble_behind() -> None:
    left = Episode(100, 93, NO_DAY, NO_DAY, NO_DAY, 110, Stage.UNSPOKEN, Stage.UNSPOKEN, 1.0, Outcome.LEFT)
    opened = [int(at_close(MODEL, [left], day).trouble_days[OPENED, 0]) for day in (99, 109, 110, 111)]
    assert opened == [NO_DAY, 100, NO_DAY, NO_DAY]
