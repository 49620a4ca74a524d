"""A data folder that the environment names, for tests that start the real thing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """BANSO_DATA_DIR of this test; no other setting of the machine counts."""
    for name in list(os.environ):
        if name.startswith("BANSO_") and not name.startswith("BANSO_TEST_"):
            monkeypatch.delenv(name)
    folder = tmp_path / "banso"
    monkeypatch.setenv("BANSO_DATA_DIR", str(folder))
    return folder
