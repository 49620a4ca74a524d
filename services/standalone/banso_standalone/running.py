"""A process that serves until a signal: it listens, starts its services, and drains in the reverse of harm.

HTTP first answers what it has taken, then the services drain in the order in which an event passes them.
A second signal ends the process at once.
"""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, Protocol

from fastapi import FastAPI

from banso_common.errors import SettingsError
from banso_common.lifecycle import Server

SIGNALS = (signal.SIGINT, signal.SIGTERM)
BACKLOG = 512


class Process(Protocol):
    """What is run: a composition, or one with a home of its own."""

    def app(self) -> FastAPI: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises SettingsError when the place is taken or is not ours."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as fault:
        reason = fault.strerror or fault
        raise SettingsError(
            f"cannot listen on {host}:{port} ({reason}); choose another with BANSO_HOST, BANSO_PORT"
        ) from None
    # Inherited by each connection. asyncio sets it for sockets of protocol TCP only, and this one has protocol 0; head
    # and body of an answer are two writes, and the second would wait some 40 ms for the caller's delayed ACK.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


async def run(
    process: Process, listening: socket.socket, beside: Callable[[], Coroutine[Any, Any, None]] | None = None
) -> None:
    """Serve `process` until SIGINT or SIGTERM; `beside` runs with it once it is started, and may end before.

    Raises what starting raises, or what `beside` did, after everything is drained.
    """
    stop = _stop_at_signal()
    server = Server(process.app(), *listening.getsockname()[:2])
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    working = asyncio.create_task(_work(process, beside))
    stopping = asyncio.create_task(stop.wait())
    try:
        await _first_end(working, serving, stopping)
    finally:
        server.should_exit = True
        await _ended([serving])
        working.cancel()
        stopping.cancel()
        await _ended([working, stopping])
        await process.stop()
        listening.close()
        _forget_signals()
    if not working.cancelled():
        working.result()
    serving.result()


async def _work(process: Process, beside: Callable[[], Awaitable[None]] | None) -> None:
    await process.start()
    if beside is not None:
        await beside()


async def _first_end(working: asyncio.Task[None], serving: asyncio.Task[None], stopping: asyncio.Task[bool]) -> None:
    """Wait until there is a reason to stop; work that ends well is none."""
    while True:
        waited: list[asyncio.Task[Any]] = [serving, stopping]
        if not working.done():
            waited.append(working)
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        if serving.done() or stopping.done() or (working.done() and (working.cancelled() or working.exception())):
            return


async def _ended(tasks: Sequence[asyncio.Task[Any]]) -> None:
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks, return_exceptions=True)


def _stop_at_signal() -> asyncio.Event:
    """Set at the first signal; the second one finds the default action."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def heard() -> None:
        stop.set()
        _forget_signals()

    for number in SIGNALS:
        loop.add_signal_handler(number, heard)
    return stop


def _forget_signals() -> None:
    for number in SIGNALS:
        asyncio.get_running_loop().remove_signal_handler(number)
