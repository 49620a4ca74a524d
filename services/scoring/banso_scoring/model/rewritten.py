"""A success model file with some of its values replaced, and everything else, comments too, as it was written.

Values are put in place of the exact spans of their YAML nodes, from the last to the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Changes:
    """What to write: dimension -> weight, dimension -> metric -> weight, metric -> ramp, band -> two scores.

    A dimension that the file does not have is added at the end of `dimensions`, with the label given for it.
    """

    weights: Mapping[str, float]
    metrics: Mapping[str, Mapping[str, float]]
    ramps: Mapping[str, Points] = field(default_factory=dict)
    bands: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Edit:
    begin: int
    end: int
    text: str


def rewritten(text: str, changes: Changes) -> str:
    """`text`, a valid model file, with `changes`. Raises KeyError for a metric that it does not have."""
    root = yaml.compose(text, yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)
    edits: list[_Edit] = []
    dimensions, metrics = _of(root, "dimensions"), _of(root, "metrics")
    for name, weight in changes.weights.items():
        if _child(dimensions, name) is None:
            edits.append(_added(text, dimensions, name, changes))
            continue
        dimension = _of(dimensions, name)
        edits.append(_put(text, dimension, "weight", _number(weight)))
        edits.append(_put(text, dimension, "metrics", _flow(changes.metrics[name])))
    for name, points in changes.ramps.items():
        ramp = "[" + ", ".join(f"[{_number(x)}, {_number(y)}]" for x, y in points) + "]"
        edits.append(_put(text, _of(metrics, name), "ramp", ramp))
    if changes.bands:
        bands = _child(root, "bands")
        for name, scores in changes.bands.items():
            if isinstance(bands, yaml.MappingNode):
                edits.append(_put(text, bands, name, _flow(scores)))
    for edit in sorted(edits, key=lambda one: (one.begin, one.end), reverse=True):
        text = text[: edit.begin] + edit.text + text[edit.end :]
    return text


def _put(text: str, mapping: yaml.MappingNode, key: str, value: str) -> _Edit:
    """The value of `key`, replaced, or put before the mapping's first key."""
    node = _child(mapping, key)
    if node is not None:
        begin, end = node.start_mark.index, _end(text, node)
        return _Edit(begin, end, value)
    first = mapping.value[0][0].start_mark
    if mapping.flow_style:
        return _Edit(first.index, first.index, f"{key}: {value}, ")
    return _Edit(first.index, first.index, f"{key}: {value}\n{' ' * first.column}")


def _added(text: str, dimensions: yaml.MappingNode, name: str, changes: Changes) -> _Edit:
    """A dimension of its own after the last one."""
    last = dimensions.value[-1][1]
    column = dimensions.value[-1][0].start_mark.column
    place = _end(text, last)
    said: dict[str, str] = {}
    if name in changes.labels:
        said["label"] = "{" + ", ".join(f"{key}: {value}" for key, value in changes.labels[name].items()) + "}"
    said |= {"weight": _number(changes.weights[name]), "metrics": _flow(changes.metrics[name])}
    pad = "\n" + " " * column
    return _Edit(place, place, pad + f"{name}:" + "".join(f"{pad}  {key}: {value}" for key, value in said.items()))


def _end(text: str, node: yaml.Node) -> int:
    """Where the node's own text ends: a block's mark lies beyond the blank lines and comments that follow."""
    end: int = node.end_mark.index
    if isinstance(node, yaml.MappingNode | yaml.SequenceNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    return end


def _of(mapping: yaml.MappingNode, key: str) -> yaml.MappingNode:
    found = _child(mapping, key)
    if not isinstance(found, yaml.MappingNode):
        raise KeyError(key)
    return found


def _child(mapping: yaml.MappingNode, key: str) -> yaml.Node | None:
    found: Any = next((value for name, value in mapping.value if name.value == key), None)
    assert found is None or isinstance(found, yaml.Node)
    return found


def _flow(values: Mapping[str, float]) -> str:
    return "{" + ", ".join(f"{name}: {_number(value)}" for name, value in values.items()) + "}"


def _number(value: float) -> str:
    return f"{value:.6g}"
