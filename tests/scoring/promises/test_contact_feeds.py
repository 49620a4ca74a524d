"""Who wrote is known only as far as those who tell of it were heard: their days wait, and nobody is called silent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from banso_common.clock import DAY_MS
from banso_common.contracts.account_signal import (
    feed_subject,
)
from banso_scoring.domain.feeds.rhythm import heard
from banso_scoring.domain.struggle.usual import ContactState, contact_known
from banso_scoring.feed_store import Told as FeedTold
from banso_scoring.feeds import Feeds
from tests.scoring.domain.builders import usual
from tests.scoring.domain.struggle.lives import spoken_model
from tests.scoring.promises.feed_story import (
    DAYS,
    DEAD_FROM,
    DEAD_UNTIL,
    PAST_DAYS,
    STALE,
    WORK,
    Told,
    at,
    end,
    signals,
    story,
    watched,
)
from tests.scoring.promises.streams import event


def test_a_day_that_stood_still_is_closed_with_what_is_known_of_its_contacts_however_late_they_are_now() -> None:
    feeds, hours = Feeds(watched=True), np.array([at(day, hour) for day in range(-28, 1) for hour in WORK], np.int64)
    feeds.take(0, {"desk": heard(hours, hours).of(tells=False, contacts=True)}, at(0, 20))
    today = at(0) // DAY_MS
    assert feeds.contact_state(at(1, 23)) is ContactState.HELD
    assert feeds.contact_state(at(1, 23), today) is ContactState.HELD, "somewhere that day ends only when it is late"
    assert feeds.contact_state(at(1, 23), today - 1) is ContactState.HEARD


def test_while_who_wrote_is_not_heard_its_days_wait_and_once_it_is_gone_nobody_is_called_silent() -> None:
    feeds, hours = Feeds(watched=True), np.array([at(day, hour) for day in range(-28, 1) for hour in WORK], np.int64)
    feeds.take(0, {"desk": heard(hours, hours).of(tells=False, contacts=True)}, at(0, 20))
    today = at(0) // DAY_MS
    assert [feeds.awaits_contacts(at(3, 9), today + day) for day in (-1, 0, 2)] == [False, True, True]
    assert not feeds.awaits_contacts(at(30, 9), today)
    states = [feeds.contact_state(at(30, 9), today + day) for day in (-2, 0, 5, 29)]
    assert states == [ContactState.HEARD, *3 * [ContactState.GONE]]
    feeds.told["desk"] = FeedTold(retired_at=at(9))
    assert feeds.contact_state(at(30, 9)) is ContactState.HEARD
    assert not feeds.awaits_contacts(at(3, 9), today)
    other = np.array([at(day, hour) for day in range(5, 31) for hour in WORK], np.int64)
    feeds.told.clear()
    assert feeds.contact_state(at(30, 9)) is ContactState.GONE
    feeds.take(0, {"new desk": heard(other, other).of(tells=False, contacts=True)}, at(30, 20))
    assert feeds.contact_state(at(30, 21)) is ContactState.HEARD, "another one is heard"


@pytest.mark.parametrize("source", ["connected", "auto"])
def test_a_source_that_is_gone_makes_contact_unknown_even_if_it_is_said_to_be_connected(source: str) -> None:
    model = spoken_model(source)
    for state, known in zip(ContactState, (True, True, False, False), strict=True):
        assert contact_known(model, replace(usual(model), contact=state)) is known


async def desk_told(path: Path, *, dead: bool) -> Told:
    """The story of a help desk of its own, which is not heard for some days if `dead`."""
    made = [msgspec.structs.replace(one, source="desk") if one.name == "contact" else one for one in story(1)]
    hours = [at(day, hour + 0.4) for day in range(-PAST_DAYS, DAYS) for hour in WORK]
    asked = [event(10**13 + n, "account-0", "contact", hour) for n, hour in enumerate(hours)]
    left = sorted([*made, *(msgspec.structs.replace(one, source="desk") for one in asked)], key=lambda o: o.occurred_at)
    async with watched(f"sqlite+aiosqlite:///{path}") as (room, clock):
        for now in [at(0, 9), *(at(day, hour) for day in range(DAYS) for hour in (11.1, 17.1, 23.8))]:
            clock.move_to(now)
            waits = dead and at(DEAD_FROM, 11) < now < at(DEAD_UNTIL, 11)
            due = [one for one in left if one.occurred_at <= now and not (waits and one.source == "desk")]
            left = [one for one in left if one not in due]
            last = now - DAY_MS
            room.write(
                [one if one.occurred_at > last else msgspec.structs.replace(one, received_at=now) for one in due]
            )
            await room.drain()
            await room.sweep(now)
            if waits:
                assert not any("silent" in one.key for one in await signals(room) if one.said_at > at(DEAD_FROM + 1, 9))
        return await end(room)


async def test_after_the_backlog_of_a_help_desk_the_same_was_said_as_if_it_had_never_died(tmp_path: Path) -> None:
    alive, found = [await desk_told(tmp_path / f"{dead}.db", dead=dead) for dead in (False, True)]
    assert found.customers == alive.customers
    assert found.shown == alive.shown
    desk = f"{feed_subject('desk')}/{STALE}/1"
    assert (alive.feeds, found.feeds) == ([], [f"{desk}/opened", f"{desk}/closed"])
