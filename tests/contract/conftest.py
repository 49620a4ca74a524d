"""The two logs, each at a fresh place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from banso_common.clock import ManualClock
from banso_common.log.port import Log
from tests.contract.places import EmbeddedPlace, KafkaPlace, Place


@pytest.fixture(params=["embedded", "kafka", "kafka-plain"])
async def place(request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Place]:
    """A fresh home for a log; the test runs once in each. Kafka is read in the lean way, and in the plain one."""
    chosen: Place
    if request.param == "embedded":
        chosen = EmbeddedPlace(tmp_path / "log.sqlite3", clock)
    else:
        chosen = KafkaPlace(request.getfixturevalue("kafka_bootstrap"), lean=request.param == "kafka")
    yield chosen
    await chosen.close()


@pytest.fixture
async def log(place: Place) -> Log:
    """A connection to the place."""
    return await place.log()
