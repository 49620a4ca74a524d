"""Promise 6: what is said is stored with what says it, once by its key, and read in the order in which it was said."""

from __future__ import annotations

import pytest
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_common.contracts.topics import Topic
from banso_common.db.outbox import Message, mark_sent, outbox_table, prune, put, waiting
from banso_common.db.transaction import reading, transaction

metadata = MetaData()
outbox = outbox_table(metadata)


@pytest.fixture(autouse=True)
async def tables(engine: AsyncEngine) -> None:
    async with transaction(engine) as tx:
        await tx.run_sync(metadata.create_all)


def message(key: str, lane: int = 0, value: bytes = b"v") -> Message:
    return Message(key, lane, Topic.ACCOUNT_SIGNALS, "acme", value)


async def say(engine: AsyncEngine, *messages: Message) -> None:
    async with transaction(engine) as tx:
        await put(tx, outbox, messages)


async def page(engine: AsyncEngine, lanes: tuple[int, ...] = (0, 1), most: int = 100) -> list[tuple[int, Message]]:
    async with reading(engine) as tx:
        return await waiting(tx, outbox, lanes, most)


async def keys(engine: AsyncEngine, lanes: tuple[int, ...] = (0, 1), most: int = 100) -> list[str]:
    return [m.key for _, m in await page(engine, lanes, most)]


async def test_messages_wait_in_the_order_in_which_they_were_said(engine: AsyncEngine) -> None:
    await say(engine, *(message(f"k{n}") for n in (3, 1, 2)))
    await say(engine, message("k0", lane=1))
    assert await keys(engine) == ["k3", "k1", "k2", "k0"]
    assert await keys(engine, most=2) == ["k3", "k1"]
    assert await keys(engine, lanes=(1,)) == ["k0"]
    assert await keys(engine, lanes=()) == []
    assert (await page(engine))[0][1] == message("k3")


async def test_a_key_that_was_said_is_not_said_again(engine: AsyncEngine) -> None:
    await say(engine, message("a", value=b"first"), message("a", value=b"second"), message("b"))
    await say(engine, message("b"), message("c"))
    assert await keys(engine) == ["a", "b", "c"]
    assert (await page(engine))[0][1].value == b"first"
    async with transaction(engine) as tx:
        await mark_sent(tx, outbox, [seq for seq, _ in await waiting(tx, outbox, (0,), 9)], 5)
    await say(engine, message("a"))
    assert await keys(engine) == []


async def test_what_is_sent_is_forgotten_after_its_time_and_what_waits_never(engine: AsyncEngine) -> None:
    await say(engine, message("a"), message("b"), message("c"))
    found = await page(engine)
    async with transaction(engine) as tx:
        await mark_sent(tx, outbox, [found[0][0]], 10)
        await mark_sent(tx, outbox, [found[1][0]], 20)
        await prune(tx, outbox, 15)
    await say(engine, message("a"), message("b"))
    assert await keys(engine) == ["c", "a"], "a was forgotten, b is remembered as said"


async def test_nothing_is_said_by_a_transaction_that_fails(engine: AsyncEngine) -> None:
    with pytest.raises(RuntimeError):
        async with transaction(engine) as tx:
            await put(tx, outbox, [message("a")])
            await put(tx, outbox, [])
            raise RuntimeError
    assert await keys(engine) == []
