"""A process drains at a signal: HTTP answers what it took, then the services stop; a fault stops it too."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from dataclasses import dataclass, field

import httpx
import pytest
from fastapi import FastAPI

from banso_common.errors import SettingsError
from banso_standalone.running import listen, run
from deploy.local.server import free_port


@dataclass
class Slow:
    """A process whose one request takes until it is let go; it notes what happened when."""

    fails: Exception | None = None
    happened: list[str] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    started: asyncio.Event = field(default_factory=asyncio.Event)

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/")
        async def answer() -> str:
            self.asked.set()
            await self.let_go.wait()
            self.happened.append("answered")
            return "answered"

        return app

    async def start(self) -> None:
        if self.fails is not None:
            raise self.fails
        self.happened.append("started")
        self.started.set()

    async def stop(self) -> None:
        self.happened.append("stopped")


@pytest.fixture
def place() -> socket.socket:
    return listen("127.0.0.1", free_port())


def address(listening: socket.socket) -> str:
    return "http://{}:{}".format(*listening.getsockname())


def test_a_connection_sends_each_write_at_once(place: socket.socket) -> None:
    """With Nagle's algorithm the body of an answer waits some 40 ms for the ACK of its head."""
    with place, socket.create_connection(place.getsockname()), place.accept()[0] as accepted:
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_at_a_signal_the_request_in_flight_is_answered_and_then_the_services_stop(
    place: socket.socket, number: signal.Signals
) -> None:
    process, url = Slow(), address(place)
    running = asyncio.create_task(run(process, place))
    await process.started.wait()
    async with httpx.AsyncClient() as client:
        asking = asyncio.create_task(client.get(url))
        await process.asked.wait()
        os.kill(os.getpid(), number)
        await refused(url)
        assert process.happened == ["started"], "nothing stops while a request is open"
        process.let_go.set()
        assert (await asking).json() == "answered"
    await running
    assert process.happened == ["started", "answered", "stopped"]


async def refused(url: str) -> None:
    """Wait until nothing new is taken."""
    while True:
        try:
            async with httpx.AsyncClient() as client:
                await client.get(url + "/other", timeout=5)
        except httpx.TransportError:
            return


async def test_a_second_signal_would_end_the_process_at_once(place: socket.socket) -> None:
    process, url = Slow(), address(place)
    running = asyncio.create_task(run(process, place))
    await process.started.wait()
    async with httpx.AsyncClient() as client:
        asking = asyncio.create_task(client.get(url))
        await process.asked.wait()
        os.kill(os.getpid(), signal.SIGTERM)
        await refused(url)
        assert not running.done(), "it drains"
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        process.let_go.set()
        await asking
    await running


async def test_what_starting_raises_is_raised_after_everything_is_stopped(place: socket.socket) -> None:
    process = Slow(fails=SettingsError("the database has no tables"))
    with pytest.raises(SettingsError, match="no tables"):
        await run(process, place)
    assert process.happened == ["stopped"]


async def test_work_beside_that_ends_well_does_not_end_the_process(place: socket.socket) -> None:
    process, ended = Slow(), asyncio.Event()

    async def beside() -> None:
        ended.set()

    running = asyncio.create_task(run(process, place, beside))
    await ended.wait()
    async with httpx.AsyncClient() as client:
        process.let_go.set()
        assert (await client.get(address(place))).status_code == 200
    os.kill(os.getpid(), signal.SIGTERM)
    await running


async def test_work_beside_that_fails_ends_the_process_after_its_drain(place: socket.socket) -> None:
    process = Slow()

    async def beside() -> None:
        raise SettingsError("the example is gone")

    with pytest.raises(SettingsError, match="the example is gone"):
        await run(process, place, beside)
    assert process.happened == ["started", "stopped"]


async def test_work_beside_is_cancelled_at_a_signal(place: socket.socket) -> None:
    process, began, happened = Slow(), asyncio.Event(), list[str]()

    async def beside() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            happened.extend([*process.happened, "cancelled"])

    running = asyncio.create_task(run(process, place, beside))
    await began.wait()
    os.kill(os.getpid(), signal.SIGINT)
    await running
    assert happened == ["started", "cancelled"], "it ends before the services stop"


def test_a_place_that_is_taken_is_a_clear_error(place: socket.socket) -> None:
    with place, pytest.raises(SettingsError, match="BANSO_PORT"):
        listen("127.0.0.1", place.getsockname()[1])
