"""Of which incident an account's trouble was last said to be a part, so that it is said again when that has changed.

    turn 0    as its episode opened
    turn n+1  when the incident that explains it now is not the one that was said in turn n: it became a part of one, or
              it is none any more, and the account is in trouble of its own

Only accounts that are or were a part of one are held here, so that what it costs does not grow with all accounts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from banso_common.contracts.account_signal import SignalKind
from banso_scoring.domain.standing import KIND_ROWS, Standing

TROUBLES = (SignalKind.SILENT_STRUGGLING, SignalKind.STRUGGLING, SignalKind.HEALTH_CRITICAL)
"""What is said of an account because things go wrong there, and may go wrong elsewhere for the same reason."""
TURNS_MAX = 9
"""After so many turns an episode becomes a part of no other incident."""


class Part(msgspec.Struct, array_like=True, frozen=True):
    """What was said of an episode in its last turn; `subject` "" is of no incident."""

    kind: str
    episode: int
    subject: str
    turn: int


@dataclass
class Explained:
    """By position of the account. `now` is what holds, None before anybody has looked; `said` what was said last of
    episodes that are open."""

    now: Mapping[int, str] | None = None
    said: dict[int, dict[str, Part]] = field(default_factory=dict)

    def put(self, position: int, parts: Iterable[Part]) -> None:
        """Take in what was said of an account before."""
        if known := {part.kind: part for part in parts}:
            self.said[position] = known

    def parts(self, position: int) -> list[Part]:
        """What was said of the account, to be stored."""
        return sorted(self.said.get(position, {}).values(), key=lambda part: part.kind)

    def was(self, position: int, subjects: Collection[str]) -> bool:
        """Whether an open episode of the account was said to be a part of one of these incidents last."""
        return any(part.subject in subjects for part in self.said.get(position, {}).values())

    def opened(self, position: int, kind: SignalKind, episode: int) -> str | None:
        """An episode is told: the incident that explains it, which is said with it."""
        subject = (self.now or {}).get(position, "") if kind in TROUBLES else ""
        self._keep(position, Part(kind, episode, subject, 0))
        return subject or None

    def closed(self, position: int, kind: SignalKind) -> str | None:
        """An episode is over: the incident that it was said to be a part of last."""
        last = self.said.get(position, {}).get(kind)
        if last is not None:
            self._keep(position, Part(kind, last.episode, "", 0))
        return last.subject or None if last is not None else None

    def again(self, position: int, kind: SignalKind, episode: int) -> Part | None:
        """What is to be said anew of an open episode, and counts as said then; None when nothing changed."""
        part = self._next(position, kind, episode)
        if part is not None:
            self._keep(position, part)
        return part

    def changed(self, current: Standing) -> set[int]:
        """The positions of accounts with an open episode of which something is to be said anew."""
        return {
            position
            for position in {*(self.now or ()), *self.said}
            for kind in TROUBLES
            if current.open[KIND_ROWS[kind], position]
            and self._next(position, kind, int(current.episode[KIND_ROWS[kind], position])) is not None
        }

    def _next(self, position: int, kind: SignalKind, episode: int) -> Part | None:
        if self.now is None:
            return None
        last = self.said.get(position, {}).get(kind)
        subject, was, turn = self.now.get(position, ""), "", 0
        if last is not None and last.episode == episode:
            was, turn = last.subject, last.turn
        if subject == was or (subject and turn >= TURNS_MAX):
            return None
        return Part(kind, episode, subject, turn + 1)

    def _keep(self, position: int, part: Part) -> None:
        """Remember a part; one that says nothing beyond what goes without saying is forgotten."""
        if part.subject or part.turn:
            self.said.setdefault(position, {})[part.kind] = part
        elif position in self.said:
            self.said[position].pop(part.kind, None)
            if not self.said[position]:
                del self.said[position]
