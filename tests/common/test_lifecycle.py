"""Background tasks: those that were told to drain are waited for, the rest is ended, and no end goes unnoticed."""

from __future__ import annotations

import asyncio

from banso_common.lifecycle import Tasks


async def test_what_drains_is_waited_for_and_the_rest_is_ended_after_it() -> None:
    let_go, happened = asyncio.Event(), list[str]()

    async def drains() -> None:
        await let_go.wait()
        happened.append("drained")

    async def goes_on() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            happened.append("ended")

    tasks = Tasks("test")
    tasks.start(drains, drains, goes_on, draining=2)
    stopping = asyncio.create_task(tasks.stop())
    await asyncio.sleep(0)
    assert happened == []
    let_go.set()
    await stopping
    assert happened == ["drained", "drained", "ended"]


async def test_a_task_that_fails_is_told_and_the_others_go_on() -> None:
    async def fails() -> None:
        raise ValueError("no")

    tasks = Tasks("test")
    tasks.start(fails, _for_ever)
    await _a_moment()
    assert tasks.failed == "ValueError: no"
    await tasks.stop()


async def test_a_task_that_ends_unasked_is_told() -> None:
    async def ends() -> None:
        return None

    tasks = Tasks("test")
    assert tasks.failed is None
    tasks.start(ends, _for_ever)
    await _a_moment()
    assert tasks.failed == "a background task has ended"
    await tasks.stop()


async def test_one_that_never_started_stops_at_once() -> None:
    await Tasks("test").stop()


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def _a_moment() -> None:
    for _ in range(3):
        await asyncio.sleep(0)
