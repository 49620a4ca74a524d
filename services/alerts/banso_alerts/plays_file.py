"""Reads plays from YAML and refuses a wrong file with the line and the reason; `default_plays` are the shipped ones."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import yaml

from banso_alerts.domain.plays import Audience, Play, PlayChannel, Reach, Template
from banso_common.clock import HOUR_MS
from banso_common.contracts.account_signal import Severity, SignalKind, TouchModel
from banso_common.errors import SettingsError

PLAYS_MAX = 200
FILE_BYTES_MAX = 1_000_000

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Hours = Annotated[float, msgspec.Meta(ge=0, le=24 * 366)]


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which signals: one kind or several, and the touch models."""

    kind: SignalKind | list[SignalKind]
    touch: list[TouchModel] = []


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One play, as it is written."""

    name: Name
    when: When
    audience: Audience
    channels: Annotated[list[PlayChannel], msgspec.Meta(min_length=1)]
    template: Template
    cooldown_hours: Hours
    expiry_hours: Annotated[float, msgspec.Meta(gt=0, le=24 * 366)]
    severity_floor: Severity = Severity.INFO
    reach: Reach = Reach.FIRST
    quiet_hours: bool = True


class PlaysFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    version: Literal[1]
    plays: Annotated[list[Entry], msgspec.Meta(max_length=PLAYS_MAX)]


def default_plays() -> tuple[Play, ...]:
    """The plays in the package."""
    return read_plays(resources.files("banso_alerts").joinpath("plays.yaml").read_text("utf-8"), "plays.yaml")


def load_plays(path: Path | None) -> tuple[Play, ...]:
    """The plays in the file at `path`, or the shipped ones. Raises SettingsError."""
    if path is None:
        return default_plays()
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingsError(f"BANSO_PLAYS_FILE: cannot read {path}: {fault}") from None
    return read_plays(text, str(path))


def read_plays(text: str, name: str) -> tuple[Play, ...]:
    """The plays that `text` says. Raises SettingsError with `name`, the line and the reason."""
    if len(text.encode()) > FILE_BYTES_MAX:
        raise SettingsError(f"{name}: larger than {FILE_BYTES_MAX} bytes")
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        entries = msgspec.convert(yaml.safe_load(text), PlaysFile).plays
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        raise SettingsError(f"{name}, line {line}: not YAML: {getattr(fault, 'problem', fault)}") from None
    except msgspec.ValidationError as fault:
        reason, _, where = str(fault).partition(" - at `$")
        raise SettingsError(f"{name}, line {_line(root, where.rstrip('`'))}: {reason}") from None
    _check(entries, root, name)
    return tuple(_play(entry) for entry in entries)


def _check(entries: list[Entry], root: yaml.Node | None, name: str) -> None:
    """What single fields cannot say: names once each, and a customer sees only what is written for one."""
    seen: set[str] = set()
    for place, entry in enumerate(entries):
        wrong = None
        if entry.name in seen:
            wrong = f"a second play is named {entry.name}"
        elif (entry.audience is Audience.CONTACT) != (entry.template is Template.CONTACT_OFFER):
            wrong = f"play {entry.name}: audience contact and template contact-offer belong together"
        elif entry.audience is Audience.CONTACT and PlayChannel.SLACK in entry.channels:
            wrong = f"play {entry.name}: a customer's contact is reached by email only"
        if wrong is not None:
            raise SettingsError(f"{name}, line {_line(root, f'.plays[{place}]')}: {wrong}")
        seen.add(entry.name)


def _play(entry: Entry) -> Play:
    kind = entry.when.kind
    return Play(
        name=entry.name,
        kinds=frozenset(kind if isinstance(kind, list) else [kind]),
        touch=frozenset(entry.when.touch),
        severity_floor=entry.severity_floor,
        audience=entry.audience,
        channels=tuple(dict.fromkeys(entry.channels)),
        reach=entry.reach,
        template=entry.template,
        cooldown_ms=round(entry.cooldown_hours * HOUR_MS),
        expiry_ms=round(entry.expiry_hours * HOUR_MS),
        quiet_hours=entry.quiet_hours,
    )


def _line(node: yaml.Node | None, path: str) -> int:
    """The line of `path` (`.plays[0].when`) below `node`, or of the last part of it that is there."""
    line = 1
    for name, place in re.findall(r"\.(\w+)|\[(\d+|\.\.\.)\]", path):
        if isinstance(node, yaml.MappingNode) and name:
            found = [value for key, value in node.value if key.value == name]
        elif isinstance(node, yaml.SequenceNode) and place.isdigit():
            found = node.value[int(place) : int(place) + 1]
        else:
            found = []
        if not found:
            break
        node = found[0]
        line = node.start_mark.line + 1
    return line
