"""A file of somebody else's events, read as ingest would: what it refuses is set aside and said, never fatal alone.

A line is an event in any accepted form, heard in the hour in which it happened, or {"received_at": …, "event": {…}},
heard in the hour in which it was received: ms since 1970, or RFC 3339.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import msgspec

from banso_common.clock import HOUR_MS
from banso_common.contracts.topics import Topic
from banso_common.errors import Refused, SettingsError
from banso_common.log.port import Outgoing
from banso_ingest.domain.canonical import Arrival, canonical
from banso_ingest.domain.instant import instant_of
from banso_ingest.formats.detect import read_record
from banso_ingest.settings import IngestSettings
from banso_standalone.example_past import Moment

RECEIVED = b'"received_at"'
REFUSED_SHARE_MAX = 0.5
"""Of a file of which more is refused, nothing is judged."""
ARRIVAL_PLACE = "file"


class _Late(msgspec.Struct, frozen=True):
    received_at: int | str
    event: msgspec.Raw


_late = msgspec.json.Decoder(_Late)


@dataclass(frozen=True, slots=True)
class Filed:
    """The events of a file that are accepted, and why others are not."""

    file: Path
    heard: list[tuple[int, bytes]] = field(repr=False)
    """(when it is heard, the event), in the order of the file."""
    refused: Counter[str]
    """How many lines, by the code of ingest's refusal."""
    first_refused: str
    """The first of them, with line and reason."""

    def moments(self) -> Iterator[Moment]:
        """Hour by hour what is heard."""
        hours = sorted((at // HOUR_MS, place) for place, (at, _) in enumerate(self.heard))
        for hour, some in groupby(hours, key=lambda one: one[0]):
            values = [self.heard[place][1] for _, place in some]
            column = Outgoing(Topic.USAGE_EVENTS, [0] * len(values), [None] * len(values), values)
            yield _end_of(hour), [column]

    def note(self) -> str | None:
        """What was set aside, in a sentence; None when nothing was."""
        if not self.refused:
            return None
        codes = ", ".join(f"{code} {count:,}" for code, count in self.refused.most_common())
        lines = self.refused.total() + len(self.heard)
        return f"{self.refused.total():,} of {lines:,} events were refused ({codes}); first {self.first_refused}"


def read(file: Path, *, late: bool = True) -> Filed:
    """All lines of `file`; with `late` false nobody waited: what was received late is heard when it happened.

    What does not say when is heard first. Raises SettingsError for a file that cannot be read, and for one of which
    more than REFUSED_SHARE_MAX is refused.
    """
    rules = IngestSettings().rules
    given: list[tuple[int, int | None, bytes]] = []
    faults: list[tuple[int, Refused]] = []
    for number, line in enumerate(_lines(file), 1):
        if line.strip():
            try:
                given.append((number, *_heard(line, late)))
            except Refused as fault:
                faults.append((number, fault))
    first_at = min((at for _, at, _ in given if at is not None), default=0)
    heard: list[tuple[int, bytes]] = []
    for number, at, event in given:
        heard_at = first_at if at is None else at
        try:
            canonical(read_record(event, ())[0], Arrival(_end_of(heard_at // HOUR_MS), ARRIVAL_PLACE, number), rules)
            heard.append((heard_at, event))
        except Refused as fault:
            faults.append((number, fault))
    first = min(faults, key=lambda one: one[0], default=None)
    said = f"line {first[0]}: {first[1]}" if first else ""
    if len(faults) > REFUSED_SHARE_MAX * (len(faults) + len(heard)):
        raise SettingsError(f"{file}: {len(faults):,} of {len(faults) + len(heard):,} events are refused; first {said}")
    return Filed(file, heard, Counter(fault.code for _, fault in faults), said)


def has_backlog(file: Path) -> bool:
    """Whether a file says of any line when it was received. Raises SettingsError."""
    return any(_received(line) is not None for line in _lines(file))


def _end_of(hour: int) -> int:
    """The last millisecond of an hour: by then all that happens in it has happened."""
    return (hour + 1) * HOUR_MS - 1


def _lines(file: Path) -> list[bytes]:
    try:
        return file.read_bytes().splitlines()
    except OSError as fault:
        raise SettingsError(f"{file} cannot be read: {fault.strerror}") from None


def _received(line: bytes) -> _Late | None:
    """What a line says of its reception; None of one that is an event itself."""
    if RECEIVED not in line:
        return None
    try:
        found = _late.decode(line)
    except msgspec.MsgspecError:
        return None
    return found if bytes(found.event).startswith(b"{") else None


def _heard(line: bytes, late: bool) -> tuple[int | None, bytes]:
    """When a line is heard, and its event. Raises Refused."""
    received = _received(line)
    event = line if received is None else bytes(received.event)
    draft, _ = read_record(event, ())
    at = None if draft.at is None else instant_of(draft.at)
    return (instant_of(received.received_at) if received is not None and late else at), event
