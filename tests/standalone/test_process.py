"""The command as a person starts it: what it prints, that it drains at a signal, and how it says what is wrong."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from banso_common.clock import SECOND_MS
from banso_standalone.beginning import JOURNAL
from banso_standalone.journal import Journal, JournalFile
from banso_standalone.progress import LINE_EVERY_DAYS
from banso_standalone.settings import Example
from deploy.local.server import free_port

BANSO = (sys.executable, "-m", "banso_standalone")


def environment(folder: Path, **settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BANSO_")}
    return {**kept, "BANSO_DATA_DIR": str(folder), **settings}


@contextmanager
def running(folder: Path, *arguments: str, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`banso run` at a free port; killed at the end unless it has ended."""
    port = free_port()
    process = subprocess.Popen(
        [*BANSO, "run", *arguments],
        env=environment(folder, BANSO_PORT=str(port), **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()


def lines_until(process: subprocess.Popen[str], beginning: str) -> list[str]:
    """What it prints, up to and with the first line that begins so."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if line.startswith(beginning):
            return lines
    raise AssertionError("it ended: " + "\n".join(lines))


def drained(process: subprocess.Popen[str], number: signal.Signals) -> str:
    """Send the signal; gives what was printed after it. The exit code must be 0."""
    process.send_signal(number)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0, rest
    return rest


def test_it_says_where_it_listens_and_with_which_key_and_the_same_key_counts_after_a_restart(tmp_path: Path) -> None:
    keys = []
    for number in (signal.SIGINT, signal.SIGTERM):
        with running(tmp_path, "--no-example") as (process, address):
            lines = lines_until(process, "API key: ")
            assert lines[0] == f"banso listens on {address}"
            keys.append(lines[-1].removeprefix("API key: "))
            lines += lines_until(process, "  # … and see its account")
            asked = httpx.get(f"{address}/v1/accounts", headers={"Authorization": f"Bearer {keys[-1]}"})
            assert (asked.status_code, asked.json()["accounts"]) == (200, [])
            assert httpx.get(f"{address}/v1/accounts").status_code == 401, "nothing is open"
            assert drained(process, number).count("\n") <= 3
    assert keys[0] == keys[1]
    assert keys[0].startswith("banso_")


def test_the_requests_that_it_shows_work_as_they_are_printed(tmp_path: Path) -> None:
    with running(tmp_path, "--no-example") as (process, address):
        shown = "\n".join(lines_until(process, "  curl -s -H 'Authorization: Bearer ") + lines_until(process, "  # …"))
        assert process.stdout is not None
        shown += "\n" + process.stdout.readline()
        commands = [part for part in shown.replace("\\\n", " ").split("\n") if part.startswith("  curl")]
        assert len(commands) == 3
        answers = []
        for command in commands:
            for _ in range(100):
                answer = subprocess.run(command, shell=True, capture_output=True, text=True, check=False).stdout
                if "not-found" not in answer:
                    break
                subprocess.run(["sleep", "0.05"], check=True)
            answers.append(answer)
        assert answers[0].startswith('{"accounts":[]')
        assert '"accepted":1' in answers[1]
        assert '"account":"hello"' in answers[2]
        console = next(line for line in shown.split("\n") if line.startswith("Console: ")).removeprefix("Console: ")
        key = next(line for line in shown.split("\n") if line.startswith("API key: ")).removeprefix("API key: ")
        assert key not in console
        with httpx.Client(follow_redirects=True) as newcomer:
            page = newcomer.get(console)
            assert page.status_code == 200 and page.url.path == "/"
            assert "text/html" in page.headers["content-type"]
            assert newcomer.get(f"{address}/accounts/hello").status_code == 200
        assert httpx.get(console, follow_redirects=True).status_code == 401, "it has been used"
        rest = drained(process, signal.SIGINT)
        assert key not in rest and console.rpartition("=")[2] not in rest, "no log says who may come in"


def test_the_example_is_replayed_and_goes_on_after_an_interruption(tmp_path: Path) -> None:
    first = datetime.now(UTC).date() - timedelta(LINE_EVERY_DAYS + 4)
    midnight_at = int(datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp()) * SECOND_MS
    journal = Journal(Example.OULAD, None, first, presentation="2014J", modules=["AAA"], clock_at=midnight_at)
    file = JournalFile(tmp_path / JOURNAL)
    file.write(journal)
    with running(tmp_path) as (process, _):
        lines_until(process, "OULAD 2014J · ")
        drained(process, signal.SIGINT)
    stopped = file.read()
    assert stopped is not None
    assert LINE_EVERY_DAYS <= stopped.next_day < LINE_EVERY_DAYS + 4
    with running(tmp_path) as (process, address):
        lines_until(process, "API key: ")
        last = lines_until(process, "OULAD 2014J: ")[-1]
        assert "and from now on time is real" in last
        asked = httpx.get(f"{address}/readyz")
        assert asked.status_code == 200, asked.text
        drained(process, signal.SIGTERM)
    done = file.read()
    assert done is not None
    assert done.clock_at is None


def test_a_port_that_is_taken_is_said_in_one_line_and_nothing_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [*BANSO, "run", "--no-example"],
            env=environment(tmp_path, BANSO_PORT=port),
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"banso: cannot listen on 127.0.0.1:{port}")
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())
