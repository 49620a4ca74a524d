"""A member may be killed at any moment: in the end state = fold(log), nothing is lost, nothing is said twice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.fault.kills import POINTS, run
from tests.fault.life import Place

KILLS = int(os.environ.get("BANSO_TEST_KILLS", "100"))
"""On each store; `make faults` asks for more."""


@pytest.mark.timeout(60 + KILLS * 3)
async def test_members_that_are_killed_leave_what_an_undisturbed_one_would(database_url: str, tmp_path: Path) -> None:
    report = await run(Place(database_url, file=str(tmp_path / "log")), KILLS, seed=7)
    assert report.breaches == []
    assert report.kills.total() >= KILLS
    assert set(report.kills) == {*POINTS, "clock"}
    assert report.signals > 10, "a stream that says nothing proves little about what is said"
    print(report)
