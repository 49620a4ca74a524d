"""`banso model diff` on a small store: tables for people, JSON for programs, and the lines of a wrong file."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from banso_common.clock import ManualClock
from banso_scoring.model.load import default_text
from banso_standalone.cli import app
from tests.conftest import START_AT
from tests.scoring.api.given import days_of_use, tenant


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of three accounts, and a model in which a high commitment means something else."""
    url = f"sqlite+aiosqlite:///{tmp_path}/scoring.db"

    async def make() -> None:
        async with tenant(url, ManualClock(START_AT)) as scoring:
            for name in ("acme", "beta", "[gamma]"):
                await scoring.take(days_of_use(name, scoring.clock.now(), 20))
            await scoring.tell("acme", commitment="high", owner_name="Sato", acv=9_000_000_000_000, currency="JPY")
            await scoring.tell("[gamma]", commitment="high")

    asyncio.run(make())
    monkeypatch.setenv("BANSO_SCORING_DATABASE_URL", url)
    monkeypatch.setenv("BANSO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    file = tmp_path / "other.yaml"
    file.write_text(
        default_text().replace('commitment in ("high", "高", "高い")', 'commitment == "very high"'), "utf-8"
    )
    return file


def test_what_would_change_is_told_before_it_is_applied(other: Path) -> None:
    shown = CliRunner().invoke(app, ["model", "diff", str(other)])
    assert shown.exit_code == 0, shown.output
    assert "of 3 accounts 2 change. Nothing was applied." in shown.output
    assert "Hours a month: 17.0 → 10.0 (-7.0), there are 130.0 → 130.0." in shown.output
    assert "9,000,000 JPY" in shown.output
    assert "[gamma]" in shown.output and "cell integration → routine, touch high → low" in shown.output
    assert "category is known of 0 of 3 accounts." in shown.output
    told = json.loads(CliRunner().invoke(app, ["model", "diff", str(other), "--json"]).stdout)
    assert {move["account"] for move in told["moves"]} == {"acme", "[gamma]"}
    assert [one["owner"] for one in told["owners"]] == [""], "Sato's account is worth high touch in any cell"


def test_the_running_model_against_itself_changes_nothing(other: Path) -> None:
    other.write_text(default_text(), "utf-8")
    shown = CliRunner().invoke(app, ["model", "diff", str(other)])
    assert "of 3 accounts 0 change" in shown.output


def test_a_wrong_file_is_refused_with_its_lines(other: Path) -> None:
    other.write_text(other.read_text("utf-8").replace("default: low", "default: lo", 1), "utf-8")
    shown = CliRunner().invoke(app, ["model", "diff", str(other)])
    assert shown.exit_code != 0
    assert "no such value" in f"{shown.output}{shown.exception}"
