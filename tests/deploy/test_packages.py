"""`deploy/local/packages` installs what is missing when it may, and else says what to run; it never goes on without."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "deploy/local/packages"
EVERYTHING = ("java", "mvn", "initdb", "chromium")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A PATH of its own, on which nothing is installed."""
    for program in ("bash", "grep"):
        _put(tmp_path, program, f'exec /bin/{program} "$@"')
    _put(tmp_path, "ls", "exit 2")
    return tmp_path


def _put(machine: Path, program: str, line: str) -> None:
    file = machine / program
    file.write_text(f"#!/bin/bash\n{line}\n")
    file.chmod(0o755)


def _run(machine: Path, *what: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/bash", SCRIPT, *what],
        env={"PATH": str(machine), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_who_may_not_install_is_told_what_to_run(machine: Path) -> None:
    _put(machine, "id", "echo 1000")
    done = _run(machine, "kafka", "postgresql", "browser")
    assert done.returncode == 1
    assert (
        "sudo apt-get install -y openjdk-17-jre-headless maven postgresql chromium fontconfig fonts-noto-cjk"
        in done.stderr
    )


def test_root_installs_only_what_is_missing(machine: Path) -> None:
    _put(machine, "id", "echo 0")
    _put(machine, "java", "true")
    _put(machine, "apt-get", f'echo "$@" >> {machine}/asked')
    done = _run(machine, "kafka", "postgresql")
    assert done.returncode == 0, done.stderr
    assert (machine / "asked").read_text().splitlines()[-1].endswith("--no-install-recommends maven postgresql")


def test_an_installation_that_fails_is_a_failure(machine: Path) -> None:
    _put(machine, "id", "echo 0")
    _put(machine, "apt-get", "exit 100")
    assert _run(machine, "browser").returncode != 0


def test_a_server_that_the_environment_names_needs_no_package(machine: Path) -> None:
    named = {"BANSO_TEST_KAFKA": "127.0.0.1:9092", "BANSO_TEST_POSTGRES_URL": "postgresql://127.0.0.1/x"}
    assert _run(machine, "kafka", "postgresql", **named).returncode == 0


def test_a_machine_that_has_all_is_left_alone(machine: Path) -> None:
    for program in EVERYTHING:
        _put(machine, program, "true")
    _put(machine, "fc-list", "echo a font")
    assert _run(machine, "kafka", "postgresql", "browser").returncode == 0
