"""What is installed is what is kept: the locks cover what pyproject.toml asks for, the wheel has every product file."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.rules.strangers import tracked

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ASKED = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["build"]]


def _locked(name: str) -> dict[str, list[str]]:
    """Name -> versions; there may be one for each Python."""
    found: dict[str, list[str]] = {}
    for package, version in re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / name).read_text(encoding="utf-8"), re.M):
        found.setdefault(canonicalize_name(package), []).append(version)
    return found


def _closure(asked: list[str]) -> Iterator[Requirement]:
    """Requirements, and theirs in turn, as far as they count on this machine."""
    todo, seen = [Requirement(each) for each in asked], set()
    while todo:
        requirement = todo.pop()
        yield requirement
        for extra in ("", *requirement.extras):
            if (requirement.name, extra) not in seen:
                seen.add((requirement.name, extra))
                needs = map(Requirement, requires(requirement.name) or [])
                todo += [need for need in needs if need.marker is None or need.marker.evaluate({"extra": extra})]


@pytest.mark.parametrize(
    ("lock", "asked"),
    [
        ("requirements.lock", ASKED),
        ("requirements-dev.lock", [*ASKED, *PROJECT["dependency-groups"]["dev"]]),
        ("requirements-prove.lock", [*ASKED, *PROJECT["project"]["optional-dependencies"]["prove"]]),
    ],
)
def test_a_lock_satisfies_what_the_project_asks_for(lock: str, asked: list[str]) -> None:
    """All that is asked for, and all that these ask for in turn. Red: run `make lock`."""
    locked = _locked(lock)
    for requirement in _closure(asked):
        versions = locked.get(canonicalize_name(requirement.name), [])
        assert any(requirement.specifier.contains(version) for version in versions), f"{requirement}: {versions}"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-prove.lock"])
def test_every_locked_file_has_a_hash_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    for entry in re.split(r"^(?=[\w.-]+==)", text, flags=re.M)[1:]:
        assert "--hash=sha256:" in entry, entry.splitlines()[0]
    assert "://" not in text


def test_what_runs_and_what_is_tested_are_the_same_versions() -> None:
    tested = _locked("requirements-dev.lock")
    for package, versions in _locked("requirements.lock").items():
        assert tested[package] == versions


def test_the_wheel_has_every_file_of_the_product(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    for home in PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]:
        for file in tracked(ROOT):
            if file.is_relative_to(ROOT / home):
                assert file.relative_to((ROOT / home).parent).as_posix() in packed
