"""The hidden truth of a world as a file of JSON lines: what each account was in, from which day to before which.

    {"account": "account-00017", "state": "silent", "begin": "2026-04-02", "end": "2026-05-20", "leaves": true}

The states `silent` and `vocal` are episodes and go before all others of their time; after an episode that
`leaves` the account is gone. An account of which nothing is said is fine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import msgspec

from banso_common.contracts.spelling import composed
from banso_common.errors import SettingsError
from banso_standalone.world.days import World
from banso_standalone.world.records import account_name
from banso_standalone.world.spec import State


class Spell(msgspec.Struct, frozen=True, gc=False):
    """One line."""

    account: str
    state: State
    begin: date
    end: date | None = None
    """The first day on which it is over; None when it goes on."""
    leaves: bool = False


class _Line(msgspec.Struct, frozen=True, gc=False):
    """A spell as people write it: an account may be a whole number, as in events."""

    account: str | int
    state: State
    begin: date
    end: date | None = None
    leaves: bool = False


_decoder = msgspec.json.Decoder(_Line)


def spells(world: World) -> Iterator[Spell]:
    """What each account is by nature, then the episodes."""
    truth = world.truth
    first, end = world.date_of(0), world.date_of(world.days)
    for number, nature in enumerate(truth.nature):
        begin = first
        if nature is State.DECLINING:
            begin = world.date_of(min(int(truth.declines_from[number]), world.days))
        yield Spell(account_name(number), nature, begin, end)
    for one in truth.episodes:
        leaves = one.leaves and one.end < world.days
        until = world.date_of(min(one.end, world.days))
        yield Spell(account_name(one.account), one.state, world.date_of(one.begin), until, leaves)


def write(file: Path, told: Iterable[Spell]) -> None:
    """Replace `file`."""
    with file.open("wb") as lines:
        for spell in told:
            lines.write(msgspec.json.encode(spell) + b"\n")


def read(file: Path) -> list[Spell]:
    """The lines of `file`. Raises SettingsError with the line that cannot be read."""
    try:
        lines = file.read_bytes().splitlines()
    except OSError as fault:
        raise SettingsError(f"{file} cannot be read: {fault.strerror}") from None
    return [_spell(file, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _spell(file: Path, number: int, line: bytes) -> Spell:
    """One line, its account spelt as ingest spells it."""
    try:
        one = _decoder.decode(line)
    except msgspec.MsgspecError as fault:
        raise SettingsError(f"{file}, line {number}: {fault}") from None
    if one.end is not None and one.end < one.begin:
        raise SettingsError(f"{file}, line {number}: it ends on {one.end}, before it begins on {one.begin}")
    return Spell(composed(str(one.account)), one.state, one.begin, one.end, one.leaves)
