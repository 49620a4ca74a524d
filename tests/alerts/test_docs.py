"""The page about alerts lists the stages, reasons, states, channels, settings and routes of the code, no more."""

from __future__ import annotations

import re
from pathlib import Path

from fastapi.routing import APIRoute

from banso_alerts.api.proof.routes import ProofRoom, make_proof_router
from banso_alerts.api.routes import make_router
from banso_alerts.api.slack import make_slack_router
from banso_alerts.api.suppressions import make_suppression_router
from banso_alerts.api.unsubscribe import make_unsubscribe_router
from banso_alerts.api.verdicts import make_verdict_router
from banso_alerts.decide import Desk
from banso_alerts.domain.outreach import ChannelName, OutreachState, Reason
from banso_alerts.domain.planning import Policy
from banso_alerts.domain.proof.precision import Floor
from banso_alerts.domain.stages import STAGES
from banso_alerts.settings import AlertsSettings
from banso_common.clock import ManualClock
from banso_common.db.engine import connect
from banso_common.settings import CommonSettings
from tests.alerts.made import directory, rules

POLICY = Policy((), directory(), rules())
PAGE = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text("utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of every row of every table below a heading, the quotes of code taken off."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    cells = [re.split(r"\s*\|\s*", line.strip("| ")) for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip("`") for cell in row] for row in cells]


def test_the_stages_stand_in_their_order_with_the_reasons_that_there_are() -> None:
    listed = rows("Stages")
    assert [row[0] for row in listed[: len(STAGES)]] == [name for name, _ in STAGES]
    reasons = [row[1] for row in listed[: len(STAGES)]] + [row[0] for row in listed[len(STAGES) :]]
    assert sorted(reasons) == sorted(Reason)


def test_the_states_and_channels_are_those_of_the_code() -> None:
    named = [row[0].partition("`")[0] for row in rows("Delivery")]
    assert named == [*(state.value for state in OutreachState), *(name.value for name in ChannelName)]


def test_every_setting_of_alerts_is_listed() -> None:
    own = AlertsSettings.model_fields.keys() - CommonSettings.model_fields.keys()
    assert sorted(row[0] for row in rows("Settings")) == sorted(f"BANSO_{name.upper()}" for name in own)


async def test_every_route_is_listed(tmp_path: Path) -> None:
    engine = connect(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}")
    routers = [
        make_router(engine, ManualClock(0), lambda: None),
        make_verdict_router(engine, ManualClock(0), lambda: None),
        make_slack_router(engine, ManualClock(0), lambda: None, None),
        make_suppression_router(engine, ManualClock(0), lambda: None),
        make_unsubscribe_router(engine, ManualClock(0), lambda: None, None),
        make_proof_router(ProofRoom(engine, ManualClock(0), Desk(POLICY, None), Floor(), lambda: None)),
    ]
    found = [
        f"{method} {route.path}"
        for router in routers
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    ]
    await engine.dispose()
    assert sorted(row[0] for row in rows("API")) == sorted(found)
