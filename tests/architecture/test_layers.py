"""Who may import whom: the house keeps .importlinter, and each of its contracts is shown to catch a breach."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "banso_common": "libs/common",
    "banso_ingest": "services/ingest",
    "banso_scoring": "services/scoring",
    "banso_alerts": "services/alerts",
    "banso_standalone": "services/standalone",
}
SEEDED = [
    ("banso_common/errors.py", "banso_ingest.settings", "The composition knows the services"),
    ("banso_ingest/settings.py", "banso_scoring.settings", "The composition knows the services"),
    ("banso_alerts/settings.py", "banso_standalone", "The composition knows the services"),
    ("banso_scoring/domain/__init__.py", "banso_scoring.store", "Inside a service"),
    ("banso_alerts/domain/__init__.py", "banso_alerts.channels", "Inside a service"),
    ("banso_ingest/handler.py", "banso_ingest.api", "Inside a service"),
    ("banso_common/contracts/topics.py", "banso_common.db.engine", "Inside common"),
    ("banso_common/log/port.py", "banso_common.pipeline.worker", "Inside common"),
    ("banso_common/db/engine.py", "banso_common.http.app", "Inside common"),
    ("banso_ingest/handler.py", "banso_common.log.kafka", "only the composition chooses"),
    ("banso_common/pipeline/worker.py", "banso_common.log.embedded", "only the composition chooses"),
]


def _lint(packages: Path) -> subprocess.CompletedProcess[str]:
    """Check the packages that lie in one folder, in a process that finds these before any others."""
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--config", ROOT / ".importlinter", "--no-cache", "--no-logo"],
        cwd=packages,
        env={**os.environ, "PYTHONPATH": str(packages), "COLUMNS": "300"},  # a contract's name on one line
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The house's packages, side by side, to be spoiled."""
    folder = tmp_path_factory.mktemp("house")
    for package, home in PACKAGES.items():
        shutil.copytree(ROOT / home / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_the_house_keeps_its_layers(copy: Path) -> None:
    done = _lint(copy)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(("where", "imported", "contract"), SEEDED)
def test_a_seeded_import_is_caught(copy: Path, where: str, imported: str, contract: str) -> None:
    spoiled = copy / where
    innocent = spoiled.read_bytes()
    spoiled.write_bytes(innocent + f"\nimport {imported}\n".encode())
    done = _lint(copy)
    spoiled.write_bytes(innocent)
    assert done.returncode == 1, done.stdout + done.stderr
    broken = [line for line in done.stdout.splitlines() if line.endswith("BROKEN")]
    assert any(contract in line for line in broken), done.stdout
