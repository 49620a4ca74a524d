"""The recorded shape of each contract, beside its golden examples, and what would break a reader of it.

A change that only adds (an optional field, a member of a closed set) is recorded by
`python -m tests.contract.golden.schemas`; readers are then to be upgraded before writers. Any other change
needs a new version of the topic, with examples of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from banso_common.contracts.account_activity import AccountActivity, AccountAttributes
from banso_common.contracts.account_signal import AccountSignal
from banso_common.contracts.objective import ObjectiveFields
from banso_common.contracts.outreach_outcome import OutreachOutcome
from banso_common.contracts.plays_told import PlaysTold
from banso_common.contracts.topics import Topic
from banso_ingest.formats.incoming import Incoming

HERE = Path(__file__).parent
Schema = dict[str, Any]

CONTRACTS: dict[tuple[Topic, str], type[msgspec.Struct]] = {
    (Topic.USAGE_EVENTS, "incoming"): Incoming,
    (Topic.ACCOUNT_ACTIVITY, "activity"): AccountActivity,
    (Topic.ACCOUNT_ACTIVITY, "attributes"): AccountAttributes,
    (Topic.ACCOUNT_ACTIVITY, "objective"): ObjectiveFields,
    (Topic.ACCOUNT_SIGNALS, "signal"): AccountSignal,
    (Topic.ACCOUNT_SIGNALS, "plays"): PlaysTold,
    (Topic.OUTREACH_OUTCOMES, "outcome"): OutreachOutcome,
}


def recorded_at(topic: Topic, name: str) -> Path:
    return HERE / topic / "v1" / f"{name}.schema"


def schema_of(contract: type[msgspec.Struct]) -> Schema:
    """The JSON Schema, without the prose, so that only a change of shape is a change."""
    stripped = _without_prose(msgspec.json.schema(contract))
    assert isinstance(stripped, dict)
    return stripped


def record() -> None:
    for (topic, name), contract in CONTRACTS.items():
        text = json.dumps(schema_of(contract), indent=2, sort_keys=True)
        recorded_at(topic, name).write_text(text + "\n", encoding="utf-8")


def breaks(old: Schema, new: Schema) -> list[str]:
    """What a reader of `new` cannot read, or reads otherwise, of what was written by `old`; one line each."""
    return sorted(_breaks(old, new, (old, new), "$"))


def _breaks(old: Schema, new: Schema, roots: tuple[Schema, Schema], path: str) -> Iterator[str]:
    wanted = [_resolved(each, roots[0]) for each in old.get("anyOf", [old])]
    offered = [_resolved(each, roots[1]) for each in new.get("anyOf", [new])]
    for each in wanted:
        alike = [other for other in offered if _kind(other) == _kind(each)]
        if not alike:
            yield f"{path}: {_kind(each)} is read no more"
            continue
        yield from _breaks_inside(each, alike[0], roots, path)


def _breaks_inside(old: Schema, new: Schema, roots: tuple[Schema, Schema], path: str) -> Iterator[str]:
    for member in old.get("enum", []):
        if member not in new.get("enum", []):
            yield f"{path}: {member!r} is read no more"
    fields, offered = old.get("properties", {}), new.get("properties", {})
    for name, field in fields.items():
        if name not in offered:
            yield f"{path}.{name}: removed or renamed"
        else:
            yield from _breaks(field, offered[name], roots, f"{path}.{name}")
    for name in set(new.get("required", [])) - set(old.get("required", [])):
        yield f"{path}.{name}: required now"
    for nested in ("items", "additionalProperties"):
        if isinstance(old.get(nested), dict):
            inner = new.get(nested)
            if not isinstance(inner, dict):
                yield f"{path}: {nested} changed"
            else:
                yield from _breaks(old[nested], inner, roots, f"{path}.*")


def _kind(schema: Schema) -> str:
    if "enum" in schema:
        return "a closed set"
    return str(schema.get("type", "anything"))


def _resolved(schema: Schema, root: Schema) -> Schema:
    """What a `$ref` stands for."""
    while "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        schema = root["$defs"][name]
    return schema


def _without_prose(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _without_prose(inner)
            for key, inner in value.items()
            if not (key in {"description", "title"} and isinstance(inner, str))
        }
    if isinstance(value, list):
        return [_without_prose(inner) for inner in value]
    return value


if __name__ == "__main__":
    record()
