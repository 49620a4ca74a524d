"""The pasts that are judged: invented worlds, and files of events, told by the services' own handlers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import groupby, islice
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from banso_common.clock import HOUR_MS
from banso_common.contracts.topics import Topic
from banso_common.errors import Refused, SettingsError
from banso_common.log.port import Outgoing
from banso_ingest.domain.instant import instant_of
from banso_ingest.formats.detect import read_record
from banso_scoring.domain.past.past import Past
from banso_scoring.domain.success_model import SuccessModel
from banso_standalone.example_past import Moment, moments, past_of
from banso_standalone.journal import Journal
from banso_standalone.replay import Almanac
from banso_standalone.settings import Example
from banso_standalone.world import truth_file
from banso_standalone.world.days import World
from banso_standalone.world.records import TOLD, WorldStory
from banso_standalone.world.spec import WorldSpec
from prove.truth import Truth

LATE = b'{"received_at":'


class _Late(msgspec.Struct, frozen=True):
    received_at: int
    event: msgspec.Raw


_late = msgspec.json.Decoder(_Late)
VARIANTS = ("base", "even", "placebo", "thin")


def variant(spec: WorldSpec, name: str) -> WorldSpec:
    """The same world, but: `even` has no incident and no Golden Week, in `placebo` contacts are shuffled among
    accounts of like size, `thin` has a quarter of the use."""
    match name:
        case "even":
            return replace(spec, incident_week=None, japanese=0.0)
        case "placebo":
            return replace(spec, shuffled_contacts=True)
        case "thin":
            return replace(spec, use=spec.use / 4)
    return spec


def of_world(spec: WorldSpec, model: SuccessModel) -> tuple[Past, Truth]:
    """A world's past, and its truth."""
    past = asyncio.run(past_of(moments_of(spec, spec.days), model))
    return past, Truth.of(truth_file.spells(World(spec)), past.history.names)


def moments_of(spec: WorldSpec, days: int) -> Iterator[Moment]:
    """The first `days` of a world."""
    journal = Journal(Example.NONE, None, date(*spec.first_monday))
    return islice(moments(WorldStory(World(spec)), Almanac(journal, ZoneInfo("UTC"), TOLD)), days)


def of_files(events: Path, truth: Path, model: SuccessModel) -> tuple[Past, Truth]:
    """The past that a file of events tells, and the truth beside it. Raises SettingsError."""
    past = asyncio.run(past_of(heard_in(events), model))
    return past, Truth.of(truth_file.read(truth), past.history.names)


def heard_in(file: Path, *, late: bool = True) -> Iterator[Moment]:
    """The events of a file (one a line, in any form that is accepted), each heard in the hour in which it happened.

    A line {"received_at": milliseconds, "event": …} is heard in the hour in which it was received, if `late`. What
    does not say when is heard first. Raises SettingsError with the line that cannot be read.
    """
    dated = [_heard(file, number, line, late) for number, line in enumerate(_lines(file), 1) if line.strip()]
    first_at = min((at for at, _ in dated if at is not None), default=0)
    hours = sorted(((first_at if at is None else at) // HOUR_MS, place) for place, (at, _) in enumerate(dated))
    for hour, some in groupby(hours, key=lambda one: one[0]):
        values = [dated[place][1] for _, place in some]
        column = Outgoing(Topic.USAGE_EVENTS, [0] * len(values), [None] * len(values), values)
        yield (hour + 1) * HOUR_MS - 1, [column]


def has_backlog(file: Path) -> bool:
    """Whether a file says of any line when it was received. Raises SettingsError."""
    return any(line.startswith(LATE) for line in _lines(file))


def _lines(file: Path) -> list[bytes]:
    try:
        return file.read_bytes().splitlines()
    except OSError as fault:
        raise SettingsError(f"{file} cannot be read: {fault.strerror}") from None


def _heard(file: Path, number: int, line: bytes, late: bool) -> tuple[int | None, bytes]:
    """When a line is heard, and its event."""
    if line.startswith(LATE):
        try:
            received = _late.decode(line)
        except msgspec.MsgspecError as fault:
            raise SettingsError(f"{file}, line {number}: {fault}") from None
        at = _instant(file, number, received.event)
        return received.received_at if late else at, bytes(received.event)
    return _instant(file, number, line), line


def _instant(file: Path, number: int, line: bytes | msgspec.Raw) -> int | None:
    try:
        draft, _ = read_record(bytes(line), ())
        return None if draft.at is None else instant_of(draft.at)
    except Refused as fault:
        raise SettingsError(f"{file}, line {number}: {fault}") from None
