"""The console: prints a message where banso runs, for who has set up nothing else yet."""

from __future__ import annotations

import sys
from collections.abc import Callable

from banso_alerts.channels.port import Letter
from banso_alerts.domain.delivery import Answer, Sent
from banso_alerts.domain.outreach import ChannelName
from banso_alerts.render.sinks import log_line
from banso_alerts.render.written import as_log_lines


def print_to_stdout(text: str) -> None:
    """One message, whole, then flushed."""
    sys.stdout.write(text)
    sys.stdout.flush()


class ConsoleChannel:
    """Prints. It cannot be read back: a message may be printed twice after a crash."""

    name = ChannelName.CONSOLE
    can_find = False
    at_once = 20

    def __init__(self, write: Callable[[str], None] = print_to_stdout) -> None:
        self._write = write

    async def send(self, letter: Letter) -> Answer:
        """Print the letter, its lines encoded for a terminal."""
        to = log_line(f"→ {letter.recipient_name or 'team'}  [{letter.message.severity}]")
        self._write("\n".join(["", to, *as_log_lines(letter.message), ""]) + "\n")
        return Sent(f"console/{letter.message.outreach_id}")

    async def find(self, letter: Letter, since: int) -> str | None:
        """Nothing can be found on a console."""
        del letter, since
        return None

    async def close(self) -> None:
        """Nothing to let go."""
