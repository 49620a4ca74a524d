"""A Slack of our own, and letters to send."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.alerts.slack_server import SlackServer, running_slack


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    """A fresh workspace."""
    async with running_slack() as server:
        yield server
