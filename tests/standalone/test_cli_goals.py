"""`banso goals` on a small stored past: its table, its JSON, and what it refuses."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from banso_common.clock import ManualClock
from banso_standalone.cli import app
from tests.conftest import START_AT
from tests.scoring.api.given import tenant
from tests.scoring.api.test_goals import a_past

ARGUMENTS = ["goals", "implementation", "--days", "3,30,30"]


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/scoring.db"

    async def make() -> None:
        async with tenant(url, ManualClock(START_AT)) as scoring:
            await a_past(scoring)

    asyncio.run(make())
    monkeypatch.setenv("BANSO_SCORING_DATABASE_URL", url)
    monkeypatch.setenv("BANSO_DATA_DIR", str(tmp_path))


@pytest.mark.usefixtures("stored")
def test_the_curve_is_a_table_for_people_and_json_for_programs() -> None:
    shown = CliRunner().invoke(app, [*ARGUMENTS, "--try", "active_days >= 8"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0, shown.output
    assert "40 of 40 accounts entered it" in shown.output
    assert "the candidate: 50.0% of 40" in shown.output and "tells" in shown.output
    told = json.loads(CliRunner().invoke(app, [*ARGUMENTS, "--json"]).stdout)
    assert told["own"]["kept"]["churned"]["of"] + told["own"]["passed"]["churned"]["of"] == 39
    assert told["candidate"] is None and told["curve"]
    two = [*ARGUMENTS, "--try", "active_days >= 8", "--try", "users >= 2", "--json"]
    told = json.loads(CliRunner().invoke(app, two).stdout)
    assert told["others"] == [{"metric": "users", "at_least": 2.0, "at_most": None}]
    assert told["candidate"]["passing"]["count"] == 0, "ann is alone everywhere"


@pytest.mark.parametrize(
    "wrong",
    [["--try", "active_days > 8"], ["--try", "active_days", "--try", "users"], ["--days", "3,30"], ["--days", "0,1,1"]],
)
def test_what_cannot_be_read_is_refused_with_the_way_to_write_it(wrong: list[str]) -> None:
    shown = CliRunner().invoke(app, ["goals", "implementation", *wrong])
    assert shown.exit_code == 2
    assert "write" in shown.output
