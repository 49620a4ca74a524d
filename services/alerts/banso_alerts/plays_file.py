"""Reads plays, from the success model file or from a file of their own, and refuses a wrong one with the line and the
reason of every fault.

`default_plays` are the shipped ones. A list of plays may name a shipped one in place of writing it out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from banso_alerts.domain.plays import (
    DIGEST,
    FOR_CUSTOMERS,
    GROUP,
    OWN,
    Audience,
    Cost,
    OwnText,
    Play,
    PlayChannel,
    Texts,
    When,
)
from banso_alerts.plays_schema import CUSTOMER_PLACEHOLDERS, PLACEHOLDERS, PlayFile, TextsFile
from banso_common.clock import HOUR_MS
from banso_common.contracts.account_activity import MICRO
from banso_common.document import Document
from banso_common.errors import SettingsError
from banso_common.findings import FileWrong, Finding, did_you_mean
from banso_common.findings import Path as Place

PLAYS_MAX = 200
SECTION = "plays"

Fault = tuple[Place, str]


@dataclass(frozen=True, slots=True)
class Known:
    """What the success model names, as far as the file at hand says it; None where it says nothing."""

    cells: frozenset[str] | None = None
    phases: frozenset[str] | None = None


class PlaysWrong(FileWrong):
    """The plays are wrong; `findings` says where and why."""

    code = "plays-wrong"


@cache
def default_plays(customers: bool = False) -> tuple[Play, ...]:
    """The plays in the package; those that speak to customers only when asked for."""
    text = resources.files("banso_alerts").joinpath("plays.yaml").read_text("utf-8")
    written, _ = _written(Document(text, "plays.yaml", PlaysWrong).values, Known(), shipped={})
    return tuple(_play(each) for each in written if customers or not each.customer)


def load_plays(path: Path | None, model_file: Path | None = None, customers: bool = False) -> tuple[Play, ...]:
    """The plays in the file at `path`, else those of the success model file, else the shipped ones.

    `customers` concerns the shipped ones only. Raises SettingsError.
    """
    if path is not None:
        return read_plays(_text(path, "BANSO_PLAYS_FILE"), str(path))
    if model_file is not None:
        text = _text(model_file, "BANSO_MODEL_FILE")
        if has_section(text, str(model_file)):
            return read_plays(text, str(model_file))
    return default_plays(customers)


def has_section(text: str, origin: str) -> bool:
    """Whether a success model file has plays of its own. Raises SettingsError."""
    try:
        return SECTION in Document(text, origin, PlaysWrong).values
    except PlaysWrong as fault:
        raise SettingsError(fault.reason) from None


def read_plays(text: str, name: str) -> tuple[Play, ...]:
    """The plays that `text` says, a plays file or a success model file. Raises SettingsError with every fault."""
    try:
        document = Document(text, name, PlaysWrong)
    except PlaysWrong as fault:
        raise SettingsError(fault.reason) from None
    entries, faults = _entries(document)
    if faults:
        raise SettingsError(PlaysWrong(name, faults).reason)
    return tuple(each if isinstance(each, Play) else _play(each) for each in entries)


def read_told(values: Mapping[str, Any], name: str) -> tuple[Play, ...]:
    """The plays among the values of a success model whose names were checked. Raises SettingsError with every fault."""
    entries, faults = _written(values, Known(), _shipped())
    if faults:
        reasons = [f"{'.'.join(map(str, path))}: {reason}" for path, reason in faults]
        raise SettingsError("\n".join(f"{name}, {reason}" for reason in reasons))
    return tuple(each if isinstance(each, Play) else _play(each) for each in entries)


def check_plays(text: str, origin: str) -> list[Finding]:
    """Everything that is wrong with the plays of a plays file or of a success model file, in the order of lines."""
    try:
        _, faults = _entries(Document(text, origin, PlaysWrong))
    except PlaysWrong as fault:
        return fault.findings
    return faults


def check_section(text: str, origin: str) -> list[Finding]:
    """What is wrong with the plays of a success model file; nothing when it has none."""
    try:
        document = Document(text, origin, PlaysWrong)
    except PlaysWrong as fault:
        return fault.findings
    return check_plays(text, origin) if SECTION in document.values else []


def _entries(document: Document) -> tuple[list[PlayFile | Play], list[Finding]]:
    """The plays in order, the shipped ones by name, and what is wrong."""
    values = document.values
    alone = set(values) <= {"version", SECTION}
    faults: list[Fault] = []
    if alone and values.get("version") != 1:
        faults.append((("version",), "a plays file says `version: 1`"))
    if SECTION not in values:
        faults.append(((), f"`{SECTION}` is missing"))
    known = Known() if alone else Known(_names(values, "matrix", "cells"), _names(values, "journey"))
    written, more = _written(values, known, _shipped())
    faults += more
    return written, sorted(Finding(document.line(path), document.where(path), reason) for path, reason in faults)


def _shipped() -> dict[str, Play]:
    return {play.name: play for play in default_plays(customers=True)}


def _written(values: Mapping[str, Any], known: Known, shipped: Mapping[str, Play]) -> tuple[list[Any], list[Fault]]:
    """Each entry of the list on its own, so that one fault hides no other."""
    listed = values.get(SECTION, [])
    if not isinstance(listed, list):
        return [], [((SECTION,), "a list of plays")]
    if len(listed) > PLAYS_MAX:
        return [], [((SECTION,), f"{len(listed)} plays are more than {PLAYS_MAX}")]
    found: list[PlayFile | Play] = []
    faults: list[Fault] = []
    for index, raw in enumerate(listed):
        path: Place = (SECTION, index)
        if isinstance(raw, str):
            if raw in shipped:
                found.append(shipped[raw])
            else:
                faults.append((path, f"banso ships no play {raw}" + did_you_mean(raw, shipped)))
            continue
        try:
            entry = PlayFile.model_validate(raw)
        except ValidationError as wrong:
            faults += [((*path, *_place(fault)), _reason(fault)) for fault in wrong.errors()]
            continue
        faults += [((*path, *where), f"play {entry.name}: {reason}") for where, reason in _contradictions(entry, known)]
        found.append(entry)
    faults += [((SECTION, index), f"a second play is named {name}") for index, name in _twice(listed)]
    return found, faults


def _place(fault: Any) -> Place:
    return tuple(part for part in fault["loc"] if part != "[key]")


def _reason(fault: Any) -> str:
    match fault["type"]:
        case "extra_forbidden":
            return "unknown key" + did_you_mean(str(fault["loc"][-1]), PlayFile.model_fields)
        case "missing":
            return "is missing"
        case "enum":
            given, known = str(fault["input"])[:60], str(fault["ctx"]["expected"])
            return f"{given!a} is none of {known}" + did_you_mean(given, re.findall(r"'([^']+)'", known))
        case _:
            return str(fault["msg"])


def _twice(listed: Sequence[Any]) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for index, raw in enumerate(listed):
        name = raw if isinstance(raw, str) else raw.get("name") if isinstance(raw, dict) else None
        if isinstance(name, str) and name in seen:
            yield index, name
        elif isinstance(name, str):
            seen.add(name)


def _contradictions(entry: PlayFile, known: Known) -> Iterator[Fault]:
    """What single fields cannot say: a customer sees only what is written for one, and names are names of the model."""
    if entry.name in (DIGEST, GROUP):
        yield ("name",), "banso needs this name for itself"
    to_customer = entry.audience is Audience.CONTACT
    if to_customer and not entry.customer:
        yield ("audience",), "audience contact speaks to your customer; if it is to, say `customer: true`"
    if entry.customer and not to_customer:
        yield ("customer",), "`customer: true` belongs to audience contact"
    if (entry.template is None) == (entry.text is None):
        yield (), "needs either `template` or `text`"
    if entry.template is not None and (entry.template in FOR_CUSTOMERS) != to_customer:
        ours = ", ".join(sorted(FOR_CUSTOMERS))
        yield ("template",), f"audience contact and the templates for customers ({ours}) belong together"
    yield from _wordings(entry)
    if to_customer and {PlayChannel.SLACK, PlayChannel.WEBHOOK} & {*entry.channels}:
        yield ("channels",), "a customer's contact is reached by email only"
    allowed = CUSTOMER_PLACEHOLDERS if to_customer else PLACEHOLDERS
    texts: list[tuple[Place, TextsFile]] = [(("variants", name), text) for name, text in entry.variants.items()]
    for path, text in [(("text",), entry.text), *texts] if entry.text is not None else texts:
        for language, words in (("ja", text.ja), ("en", text.en)):
            for placeholder in sorted(set(words.placeholders()) - allowed):
                near = did_you_mean(placeholder, allowed)
                yield (*path, language), f"no placeholder {{{placeholder}}} here{near}"
    for key, names, there in (("cell", entry.when.cell, known.cells), ("phase", entry.when.phase, known.phases)):
        for name in names if there is not None else ():
            if name not in (there or ()):
                yield ("when", key), f"the model has no {key} {name}" + did_you_mean(name, there or ())


def _wordings(entry: PlayFile) -> Iterator[Fault]:
    """The wording in use is one that there is."""
    if OWN in entry.variants:
        yield ("variants", OWN), f"`{OWN}` is what the play's own words are called"
    if entry.wording is not None and entry.wording not in {OWN, *entry.variants}:
        near = did_you_mean(entry.wording, [OWN, *entry.variants])
        yield ("wording",), f"there is no variant {entry.wording}{near}; `{OWN}` is the play's own words"


def _names(values: Mapping[str, Any], *path: str) -> frozenset[str] | None:
    """The keys of the mapping at `path`; None when there is no such mapping."""
    found: Any = values
    for part in path:
        found = found.get(part) if isinstance(found, dict) else None
    return frozenset(map(str, found)) if isinstance(found, dict) else None


def _play(entry: PlayFile) -> Play:
    when = entry.when
    return Play(
        name=entry.name,
        when=When(
            kinds=frozenset(when.kind),
            states=frozenset(when.state),
            touch=frozenset(when.touch),
            cells=frozenset(when.cell),
            phases=frozenset(when.phase),
            support=when.support,
        ),
        severity_floor=entry.severity_floor,
        audience=entry.audience,
        channels=tuple(entry.channels),
        reach=entry.reach,
        template=entry.template,
        cooldown_ms=round(entry.cooldown_hours * HOUR_MS),
        expiry_ms=round(entry.expiry_hours * HOUR_MS),
        quiet_hours=entry.quiet_hours,
        text=None if entry.text is None else _texts(entry.text),
        variants={name: _texts(text) for name, text in entry.variants.items()},
        only_named=entry.only_named,
        cost=Cost(entry.cost.hours, {name: round(units * MICRO) for name, units in entry.cost.money.items()}),
        uplift_prior=entry.uplift,
        shadow=entry.shadow,
        only_wording="" if entry.wording == OWN else entry.wording,
    )


def _texts(written: TextsFile) -> Texts:
    return {
        language: OwnText(one.title, tuple(one.what), tuple(one.do))
        for language, one in (("ja", written.ja), ("en", written.en))
    }


def _text(path: Path, setting: str) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingsError(f"{setting}: cannot read {path}: {fault}") from None
