"""The pasts that are judged: invented worlds, and files of events, told by the services' own handlers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

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
from prove import files
from prove.truth import Truth

VARIANTS = ("base", "even", "placebo", "thin")
NAMED = 5
"""So many names stand in a note."""


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


def of_files(events: Path, truth: Path, model: SuccessModel) -> tuple[Past, Truth, list[str]]:
    """The past that a file of events tells, the truth beside it, and what makes both less than they seem.

    Raises SettingsError.
    """
    spells = truth_file.read(truth)
    filed = files.read(events)
    past = asyncio.run(past_of(filed.moments(), model))
    set_aside = filed.note()
    notes = [*([set_aside] if set_aside else []), *unread(past, model), *unmatched(past.history.names, spells)]
    return past, Truth.of(spells, past.history.names), [f"{events.parent.name}/{events.name}: {note}" for note in notes]


def unread(past: Past, model: SuccessModel) -> list[str]:
    """Which parts of the model no event of a past plays, so that nothing can be found by them."""
    facts, roles = past.history.facts, model.roles
    named = {series for name in facts.event_names for series in model.series_of[name]}
    some = ", ".join(f"`{name}`" for name in list(facts.event_names)[:NAMED])
    notes = []
    if not any(channel.series in named for channel in roles.channels):
        notes.append(
            f"no event is friction to the model (`roles.friction`), so nobody is in trouble to it; seen are {some}:"
            " give --model with your own names"
        )
    if roles.contact not in named:
        notes.append("no event is a contact to the model (`roles.contact`), so nobody is called silent")
    return notes


def unmatched(names: Sequence[str], spells: Iterable[truth_file.Spell]) -> list[str]:
    """Of whom the truth speaks though no event does."""
    known = set(names)
    foreign = sorted({spell.account for spell in spells} - known)
    if not foreign:
        return []
    some = ", ".join(f"`{name}`" for name in foreign[:NAMED])
    return [f"{len(foreign):,} accounts of the truth have no event ({some} …); of the events the first is `{names[0]}`"]
