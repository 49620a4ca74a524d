"""Dead letters can be listed, shown as they came, and sent again without harm."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from banso_common.clock import HOUR_MS, ManualClock
from banso_common.contracts.dead_letter import DeadLetter, Headers
from banso_common.contracts.topics import KEEP_DAYS, Topic
from banso_common.errors import Refused
from banso_common.log.embedded import EmbeddedLog
from banso_common.log.port import Log, Outgoing
from banso_ingest import dead_letters as aside
from banso_ingest.dead_letters import Choice, letter_at, letters, replay
from banso_ingest.dead_letters_cli import make_app
from tests.ingest.given import NOW
from tests.ingest.logs import everything

HEADERS: Headers = (("content-type", b"application/json"),)


def letter(number: int, code: str = "not-json", value: bytes = b"{", at: int = NOW) -> DeadLetter:
    return DeadLetter(b"k", value, HEADERS, code, "because\nof it", f"usage-events/1/{number}", at)


async def set_aside(log: Log, *put: tuple[int, DeadLetter]) -> None:
    writer = await log.writer()
    partitions = [partition for partition, _ in put]
    rows = [each for _, each in put]
    await writer.write(
        [
            Outgoing(
                Topic.DEAD_LETTERS,
                partitions,
                [each.key for each in rows],
                [each.value for each in rows],
                [each.all_headers() for each in rows],
            )
        ]
    )
    await writer.close()


async def places(log: Log, choice: Choice) -> list[tuple[int, int]]:
    return [(kept.partition, kept.offset) async for kept in letters(log, choice)]


async def test_letters_are_chosen_by_code_by_time_and_by_place(log: Log) -> None:
    late = letter(2, "bad-time", at=NOW + HOUR_MS)
    await set_aside(log, (0, letter(0)), (0, letter(1, "bad-time")), (3, late))
    assert await places(log, Choice()) == [(0, 0), (0, 1), (3, 0)]
    assert await places(log, Choice(code="bad-time")) == [(0, 1), (3, 0)]
    assert await places(log, Choice(since=NOW + 1)) == [(3, 0)]
    assert await places(log, Choice(code="not-json", places={(0, 0), (3, 0)})) == [(0, 0)]


async def test_a_letter_is_shown_as_it_came(log: Log) -> None:
    await set_aside(log, (2, letter(0)), (2, letter(1, value=b"\xff\x00")))
    assert (await letter_at(log, 2, 1)).letter == letter(1, value=b"\xff\x00")
    for partition, offset in ((2, 2), (0, 0), (99, 0), (-1, 0), (2, -1)):
        with pytest.raises(Refused, match="no-such-letter"):
            await letter_at(log, partition, offset)


async def test_a_replay_sends_the_original_bytes_key_and_headers_with_their_origin(log: Log) -> None:
    await set_aside(log, (1, letter(7)))
    assert await replay(log, Choice()) == 1
    (sent,) = await everything(log, Topic.USAGE_EVENTS)
    assert (sent.key, sent.value) == (b"k", b"{")
    assert sent.headers == (*HEADERS, ("banso-origin", b"usage-events/1/7"))


async def test_an_event_that_was_set_aside_twice_is_sent_once(log: Log) -> None:
    await set_aside(log, (1, letter(7)), (1, letter(7)), (1, letter(8)))
    assert await replay(log, Choice()) == 2
    assert len(await everything(log, Topic.USAGE_EVENTS)) == 2


async def test_a_replay_of_many_goes_page_by_page_and_ends_though_more_are_set_aside(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aside, "PAGE_RECORDS", 3)
    await set_aside(log, *((number % 2, letter(number)) for number in range(20)))
    seen = 0
    async for _ in letters(log, Choice()):
        seen += 1
        await set_aside(log, (0, letter(100 + seen)), (1, letter(200 + seen)))
        assert seen < 100
    assert seen == 10 + 10 + 10  # those set aside in partition 1 before it was begun are seen
    assert await replay(log, Choice(code="not-json")) == 20 + 2 * seen


@pytest.fixture
def runner(tmp_path: Path) -> CliRunner:
    """The commands' own log, since each command runs a loop of its own."""
    return CliRunner()


def invoke(runner: CliRunner, path: Path, *arguments: str) -> tuple[int, str]:
    @asynccontextmanager
    async def open_log() -> AsyncIterator[Log]:
        log = EmbeddedLog(path, ManualClock(NOW))
        await log.start()
        await log.create_topics(4, KEEP_DAYS)
        try:
            if not await everything(log, Topic.DEAD_LETTERS):
                await set_aside(log, (1, letter(7)), (2, letter(8, "bad-time", b"\xff", NOW + HOUR_MS)))
            yield log
        finally:
            await log.stop()

    result = runner.invoke(make_app(open_log), arguments)
    return result.exit_code, result.output


def test_the_commands_say_what_they_found_as_lines_or_as_json(runner: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "cli.sqlite"
    code, told = invoke(runner, path, "list")
    assert code == 0
    first, second = told.splitlines()
    assert "1/0" in first
    assert "not-json" in first
    assert r"because\nof it" in first
    assert "2/0" in second
    code, told = invoke(runner, path, "list", "--json", "--code", "bad-time", "--since", "2026-03-02")
    assert json.loads(told) == {
        "place": "2/0",
        "code": "bad-time",
        "reason": "because\nof it",
        "origin": "usage-events/1/8",
        "received_at": "2026-03-02T10:00:00.000Z",
        "bytes": 1,
    }
    assert invoke(runner, path, "list", "--json", "--limit", "1")[1].count("\n") == 1
    shown = json.loads(invoke(runner, path, "show", "2/0", "--json")[1])
    assert (shown["value_base64"], shown["key"], shown["headers"]) == (
        "/w==",
        "k",
        [["content-type", "application/json"]],
    )
    assert "value:        {" in invoke(runner, path, "show", "1/0")[1]
    assert json.loads(invoke(runner, path, "replay", "1/0", "--json")[1]) == {"replayed": 1}
    assert invoke(runner, path, "replay", "--all")[1].startswith("2 dead letters")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("show", "9/9"), 1, "no-such-letter"),
        (("show", "nine"), 2, "no partition/offset"),
        (("replay",), 2, "say which"),
        (("list", "--code", "nonsense"), 2, "nonsense"),
        (("list", "--since", "noon"), 2, "bad-time"),
    ],
)
def test_a_wrong_command_says_what_is_wrong(
    runner: CliRunner, tmp_path: Path, arguments: tuple[str, ...], code: int, told: str
) -> None:
    exit_code, output = invoke(runner, tmp_path / "cli.sqlite", *arguments)
    assert exit_code == code
    assert told in output
