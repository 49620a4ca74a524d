"""One member of one of banso's services, as a process of its own."""

from __future__ import annotations

import os
import sys
import urllib.request
from collections.abc import Mapping, Sequence

from deploy.local.server import Server, free_port

BANSO = (sys.executable, "-m", "banso_standalone")


class Member(Server):
    """`banso SERVICE` at a free port, ready when `/readyz` says so; it drains at `stop`."""

    may_fail_at_first = False

    def __init__(self, service: str, environment: Mapping[str, str]) -> None:
        self.name = service
        super().__init__()
        self.port = free_port()
        self._given = environment

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _environment(self) -> Mapping[str, str]:
        return {**os.environ, **self._given, "BANSO_HOST": "127.0.0.1", "BANSO_PORT": str(self.port)}

    def _prepare(self) -> None:
        """A member keeps nothing in its folder but its log."""

    def _command(self) -> Sequence[str]:
        return [*BANSO, self.name]

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=2):  # noqa: S310 - our own http address
                return True
        except OSError:  # not listening yet, or 503: not ready yet
            return False
