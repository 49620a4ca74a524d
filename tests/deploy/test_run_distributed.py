"""`make run-distributed` does what a newcomer expects: it starts all, replays, answers, and drains at Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
ENOUGH_S = 100.0
LOOK_EVERY_S = 0.5


@pytest.fixture
def running() -> Iterator[subprocess.Popen[str]]:
    """The command, in a group of its own as in a terminal; whatever a test does, it is ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy.local.run_distributed"],
        cwd=ROOT,
        env={**os.environ, "BANSO_REPLAY_MODULES": "AAA"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    with process:
        yield process
        process.kill()


def _read_until(process: subprocess.Popen[str], pattern: str) -> list[str]:
    """Its lines so far."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if re.search(pattern, line):
            return lines
    raise AssertionError("it ended:\n" + "\n".join(lines))


@pytest.mark.timeout(240)
def test_the_example_goes_through_kafka_to_accounts_and_ctrl_c_drains(running: subprocess.Popen[str]) -> None:
    said = "\n".join(_read_until(running, "^Try:"))
    scoring = re.findall(r"^scoring +(\S+)", said, re.M)
    assert len(scoring) == 2, said
    (key,) = re.findall(r"API key: (\S+)", said)
    assert httpx.get(f"{scoring[0]}/v1/accounts").status_code == 401
    assert _scored(scoring[0], key)
    assert _scored(scoring[1], key)
    running.send_signal(signal.SIGINT)
    assert running.stdout is not None
    rest = running.stdout.read()
    assert running.wait() == 0, rest
    assert "Draining" in rest
    assert "Traceback" not in rest


def _scored(address: str, key: str) -> list[str]:
    """The accounts that have a health score; any member tells of all."""
    deadline = time.monotonic() + ENOUGH_S
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}) as client:
        while time.monotonic() < deadline:
            accounts = client.get("/v1/accounts").raise_for_status().json()["accounts"]
            if scored := [each["account"] for each in accounts if each["score"] is not None]:
                return scored
            time.sleep(LOOK_EVERY_S)
    return []
