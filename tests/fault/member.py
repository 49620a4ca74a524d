"""A member in a process of its own: `python -m tests.fault.member LIFE`, a life as JSON; SIGTERM lets it drain."""

from __future__ import annotations

import asyncio
import signal
import sys

import msgspec

from tests.fault.life import Life, live


async def main() -> None:
    life = asyncio.ensure_future(live(msgspec.json.decode(sys.argv[1], type=Life)))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, life.cancel)
    await asyncio.gather(life, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main())
