"""A member of a group in a process of its own, so that a test can stop or kill it.

`python -m tests.contract.member embedded TIMEOUT_MS FILE` or `… kafka TIMEOUT_MS BOOTSTRAP PREFIX`. It joins
group `g`, says
`assigned P…` for what it gets and `read N` for what it reads, and answers `commit PARTITION OFFSET` on its
standard input by `committed` or `fenced`; then it ends.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from banso_common.clock import SystemClock
from banso_common.errors import Fenced, Unavailable
from banso_common.log.embedded import EmbeddedLimits, EmbeddedLog
from banso_common.log.kafka import KafkaLog, KafkaSettings
from banso_common.log.port import Log, Reader
from tests.contract.places import TOPIC


def say(*words: object) -> None:
    print(*words, flush=True)


class Speaker:
    """An assignee that says what it is told."""

    async def assigned(self, partitions: Sequence[int]) -> Mapping[int, int]:
        say("assigned", *partitions)
        return {}

    async def revoked(self, partitions: Sequence[int]) -> None:
        say("revoked", *partitions)


def connect(kind: str, session_timeout_ms: str, *where: str) -> Log:
    time_out = int(session_timeout_ms)
    if kind == "embedded":
        limits = EmbeddedLimits(session_timeout_ms=time_out, heartbeat_ms=100, poll_ms=20)
        return EmbeddedLog(Path(where[0]), SystemClock(), limits)
    return KafkaLog(KafkaSettings(where[0], prefix=where[1], session_timeout_ms=time_out, heartbeat_ms=200))


async def main() -> None:
    log = connect(*sys.argv[1:])
    await log.start()
    reader = await log.reader(TOPIC, "g", Speaker())
    asked = asyncio.ensure_future(asyncio.to_thread(sys.stdin.readline))
    while not asked.done():
        with suppress(Unavailable):  # after a long sleep Kafka seems to have been away
            if count := sum(map(len, await reader.read(100, 50))):
                say("read", count)
    await answer(reader, *asked.result().split())


async def answer(reader: Reader, _: str, partition: str, offset: str) -> None:
    try:
        await reader.commit({int(partition): int(offset)})
    except Fenced:
        say("fenced")
    else:
        say("committed")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
