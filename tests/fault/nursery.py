"""Brings up members quickly: a process that has imported everything already forks one for each line that it is told.

`python -m tests.fault.nursery` reads lives as JSON lines, lives each in a child, kills it when it is to be killed,
and writes how it ended: its exit code, or minus the signal.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import traceback
from logging import CRITICAL
from tempfile import TemporaryDirectory

import msgspec
import structlog

from banso_common.db.engine import connect
from banso_common.db.migrate import upgrade
from tests.conftest import START_AT
from tests.fault.life import Life, Place, live, make_topics, write
from tests.fault.stream import days

TIMEOUT_S = 60.0
STUCK = 99
"""The end of a life that had to be ended because it did not end by itself; it says first where it stood."""
TELLING_S = 2.0


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(CRITICAL))
    asyncio.run(_warm_up())
    for line in sys.stdin.buffer:
        life = msgspec.json.decode(line, type=Life)
        print(_ended(_born(life), life), flush=True)


async def _warm_up() -> None:
    """Live once, so that what is made at the first use is there before anybody is born; PostgreSQL's driver too."""
    await connect("postgresql+asyncpg://").dispose()
    with TemporaryDirectory() as folder:
        place = Place(f"sqlite+aiosqlite:///{folder}/store", file=f"{folder}/log")
        engine, log = connect(place.store), place.log()
        await upgrade(engine, "banso_scoring")
        await log.start()
        await make_topics(log)
        await write(log, next(days(0))[1])
        await log.stop()
        await engine.dispose()
        await live(Life(place, START_AT))


def _born(life: Life) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        asyncio.run(_lived(life))
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


async def _lived(life: Life) -> None:
    """Live, and say where every task stands when asked."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, _tell_where)
    await live(life)


def _tell_where() -> None:
    for task in asyncio.all_tasks():
        task.print_stack(file=sys.stderr)


def _ended(child: int, life: Life) -> int:
    """Wait for the end of `child`, or bring it about."""
    watch = os.pidfd_open(child)
    wait_s = TIMEOUT_S if life.kill_after_ms is None else life.kill_after_ms / 1_000
    ended, _, _ = select.select([watch], [], [], wait_s)
    if not ended:
        if life.kill_after_ms is None:
            os.kill(child, signal.SIGUSR1)
            select.select([watch], [], [], TELLING_S)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(watch)
    if not ended and life.kill_after_ms is None:
        return STUCK
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    main()
