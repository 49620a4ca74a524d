"""What the console channel writes to: silent while a replay tells months in a minute, then a line for each message."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from banso_alerts.channels.console import ConsoleChannel, print_to_stdout
from banso_alerts.channels.port import Channel
from banso_standalone.switchable_clock import SwitchableClock


class QuietConsole:
    """Counts what is written in virtual time and keeps the newest, to be shown once time is real."""

    def __init__(self, clock: SwitchableClock, write: Callable[[str], None] = print_to_stdout) -> None:
        self._clock, self._write = clock, write
        self.held = 0
        self.newest = ""

    def __call__(self, text: str) -> None:
        """Write `text`, or hold it."""
        if self._clock.is_virtual:
            self.held += 1
            self.newest = text
        else:
            self._write(text)

    def instead_of_print(self, channels: Sequence[Channel]) -> list[Channel]:
        """`channels`, with this behind the console channel; the others are as they were."""
        return [ConsoleChannel(self) if isinstance(channel, ConsoleChannel) else channel for channel in channels]
