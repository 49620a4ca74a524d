"""Shows how far the replay is: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from banso_common.clock import iso
from banso_standalone.quiet_console import QuietConsole
from banso_standalone.replay import Progress

LINE_EVERY_DAYS = 25


class ReplayProgress:
    """Called with each `Progress`; `close` takes the bar away."""

    def __init__(self, console: Console, name: str, messages: QuietConsole) -> None:
        self._console, self._name, self._messages = console, name, messages
        self._bar: Bar | None = None
        self._told_real = False
        self._began_at = monotonic()

    def __call__(self, progress: Progress) -> None:
        """Show it; once time is real, say so and show no more."""
        if self._told_real:
            return
        if progress.is_real:
            self._told_real = True
            self.close()
            self._tell_real(progress)
        elif self._console.is_terminal:
            self._show(progress)
        elif progress.day % LINE_EVERY_DAYS == 0:
            self._console.print(f"{self._said(progress)} · day {progress.day} of {progress.days}")

    def _tell_real(self, progress: Progress) -> None:
        if not progress.events:
            self._console.print(f"{self._name}: the example goes on in real time.")
            return
        self._console.print(
            f"{self._name}: {progress.events:,} events replayed in {monotonic() - self._began_at:.0f} s, "
            f"{self._messages.held:,} messages on the console and none elsewhere; "
            f"the example stands at {iso(progress.at)[:10]}, and from now on time is real.",
            soft_wrap=True,
        )
        if self._messages.held:
            self._console.print("The newest message:")
            self._console.print(self._messages.newest, markup=False, highlight=False, soft_wrap=True)

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _show(self, progress: Progress) -> None:
        if self._bar is None:
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TaskProgressColumn())
            self._bar = Bar(*columns, TimeRemainingColumn(), console=self._console, transient=True)
            self._bar.add_task(self._name)
            self._bar.start()
        self._bar.update(
            self._bar.task_ids[0], total=progress.days, completed=progress.day, description=self._said(progress)
        )

    def _said(self, progress: Progress) -> str:
        return f"{self._name} · {iso(progress.at)[:10]} · {progress.events:,} events"
