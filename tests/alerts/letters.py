"""Letters as delivery hands them to channels."""

from __future__ import annotations

from banso_alerts.channels.port import Letter
from banso_alerts.render.compose import compose
from banso_common.contracts.account_signal import AccountSignal
from tests.alerts.made import candidate, signal


def letter(address: str = "U0SATO", of: AccountSignal | None = None, name: str | None = "佐藤") -> Letter:
    """The message of a signal, to `address`."""
    return Letter(address, name, compose(candidate(of or signal()), "https://banso.example"))
