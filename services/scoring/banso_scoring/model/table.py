"""What is gathered while a file is compiled: the series of facts it needs, and the contradictions found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from banso_common.findings import Path, did_you_mean
from banso_scoring.domain.model_parts import Texts
from banso_scoring.domain.success_model import FrictionKind, Series
from banso_scoring.model.schema import ModelFile
from banso_scoring.model.schema_parts import TextsFile

Fault = tuple[Path, str]
ROLE = "role:"


class Table:
    """The series found so far and the faults found so far, while a file is compiled."""

    def __init__(self, file: ModelFile) -> None:
        self.file = file
        self.series: dict[tuple[frozenset[str], frozenset[str], str], int] = {}
        self.user_windows: list[int] = []
        self.faults: list[Fault] = []
        self.doubts: list[Fault] = []
        """What is refused though it could be obeyed: a model that was stored before it was refused has it still."""

    def doubt(self, path: Path, reason: str) -> None:
        """Note what makes no sense at `path`."""
        self.doubts.append((path, reason))

    def fault(self, path: Path, reason: str) -> None:
        """Note a contradiction at `path`."""
        self.faults.append((path, reason))

    def add(self, events: Iterable[str], path: Path, of: Literal["count", "sum"] = "count") -> int:
        """The index of the series of `events`, which are patterns or one role; -1 for no events."""
        wanted = [event.casefold() for event in events]
        roles = [event for event in wanted if event.startswith(ROLE)]
        if not wanted:
            return -1
        if roles and len(wanted) > 1:
            self.fault(path, f'"{roles[0]}" has to stand alone')
        patterns, besides = frozenset(wanted), frozenset[str]()
        if roles:
            patterns = self._of_role(roles[0].removeprefix(ROLE), path)
            if roles[0] == ROLE + "attempt":
                besides = self._besides_attempts()
            elif roles[0].startswith((ROLE + "contact", ROLE + "friction")):
                besides = self._told_back(patterns)
        return self.series.setdefault((patterns, besides, of), len(self.series))

    def _of_role(self, role: str, path: Path) -> frozenset[str]:
        """The event patterns of a role."""
        roles = self.file.roles
        known = {"attempt": roles.attempt, "contact": roles.contact.events, "feedback": roles.feedback}
        known |= {"renewed": roles.renewed, "ended": roles.ended}
        known |= {"answered": roles.answered, "resolved": roles.resolved}
        known["friction"] = [event for channel in roles.friction.values() for event in channel.events]
        known |= {f"friction/{name}": channel.events for name, channel in roles.friction.items()}
        events = [event for event in known.get(role, []) if not event.startswith(ROLE)]
        if not events:
            hint = did_you_mean(ROLE + role, [ROLE + name for name in known])
            self.fault(path, f'no events play "{ROLE}{role}"{hint}')
        return frozenset(event.casefold() for event in events)

    def _besides_attempts(self) -> frozenset[str]:
        """Asking, writing, rating and the contract are no attempts, however wide the patterns of attempts are."""
        roles = self.file.roles
        if not any(wide in event for event in roles.attempt for wide in "*?"):
            return frozenset()
        helps = [
            event
            for channel in roles.friction.values()
            if channel.kind is FrictionKind.HELP
            for event in channel.events
        ]
        told = [*roles.contact.events, *roles.answered, *roles.resolved, *roles.feedback]
        return frozenset(event.casefold() for event in [*told, *helps, *roles.renewed, *roles.ended])

    def _told_back(self, patterns: frozenset[str]) -> frozenset[str]:
        """What we answer and resolve is neither contact nor friction, however wide the patterns of those are."""
        roles = self.file.roles
        if not any(wide in event for event in patterns for wide in "*?"):
            return frozenset()
        return frozenset(event.casefold() for event in [*roles.answered, *roles.resolved])

    def users(self, days: int) -> int:
        """The index of the user window of `days` days."""
        if days not in self.user_windows:
            self.user_windows.append(days)
        return self.user_windows.index(days)

    def named(self) -> tuple[Series, ...]:
        """All series, in the order of their indices."""
        return tuple(
            Series(
                name=f"{of}:{','.join(sorted(events))}",
                events=events,
                of="sum" if of == "sum" else "count",
                besides=besides,
            )
            for events, besides, of in self.series
        )


def label(written: TextsFile | None, name: str) -> Texts:
    """The text in both languages; the name with spaces when the file says none."""
    if written is None:
        plain = name.replace("_", " ").replace("-", " ")
        return {"ja": plain, "en": plain}
    return {"ja": written.ja, "en": written.en}
