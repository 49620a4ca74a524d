"""A YAML text to plain values, with the line of everything in it.

Bounded before it is read: size, depth, no aliases (which can make a small text a huge value), no key twice.
"""

from __future__ import annotations

from typing import Any

import yaml

from banso_common.findings import FileWrong, Finding, Path

SIZE_BYTES_MAX = 256 * 1024
DEPTH_MAX = 12
_Quick: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where PyYAML was built with it, as its wheels are: a success model is read in a tenth of the time."""


class Document:
    """The values of a YAML text, and where they stand. Raises `wrong` when it is not one small plain mapping."""

    def __init__(self, text: str, origin: str, wrong: type[FileWrong] = FileWrong) -> None:
        self.origin = origin
        found = _read(text, _Quick)
        if isinstance(found, list):
            found = _read(text, yaml.SafeLoader)  # the slow one's words name the character that is wrong
        if isinstance(found, list):
            raise wrong(origin, found)
        self._root, self.values = found

    def line(self, path: Path) -> int:
        """The line, from 1, of the deepest part of `path` that the text has."""
        node, line = self._root, self._root.start_mark.line
        for part in path:
            found = _child(node, part)
            if found is not None:
                key, node = found
                line = key.start_mark.line
        return line + 1

    def where(self, path: Path) -> str:
        """`path` in dots, without the steps that the text does not have (the tag of a union)."""
        node, parts = self._root, []
        for part in path:
            found = _child(node, part)
            if found is not None:
                node = found[1]
            if found is not None or part == path[-1]:
                parts.append(str(part))
        return ".".join(parts)


def _read(text: str, kind: type[yaml.SafeLoader]) -> tuple[yaml.Node, Any] | list[Finding]:
    """The root of the text and its values, or what is wrong with it."""
    try:
        found = _unbounded(text, kind)
        if found is not None:
            return [found]
        loader = kind(text)
        try:
            node = loader.get_single_node()
            if not isinstance(node, yaml.MappingNode):
                return [Finding(1, "", "the file has to be a mapping of keys to values")]
            return _twice(node, ()) or (node, loader.construct_document(node))
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as fault:
        return [_of_yaml(fault)]
    except (yaml.YAMLError, ValueError) as fault:
        return [Finding(1, "", str(fault)[:500])]


def _unbounded(text: str, kind: type[yaml.SafeLoader]) -> Finding | None:
    """Why the text is not read at all: too large, too deep, or aliases. Raises what `kind` raises."""
    size = len(text.encode(errors="replace"))
    if size > SIZE_BYTES_MAX:
        return Finding(1, "", f"{size} bytes are more than {SIZE_BYTES_MAX}")
    depth = 0
    for event in yaml.parse(text, kind):
        line = 1 if event.start_mark is None else event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            return Finding(line, "", "aliases (*name) are not taken: write it out")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEPTH_MAX:
            return Finding(line, "", f"nested deeper than {DEPTH_MAX}")
    return None


def _of_yaml(fault: yaml.MarkedYAMLError) -> Finding:
    mark = fault.problem_mark or fault.context_mark
    return Finding(1 if mark is None else mark.line + 1, "", f"not YAML: {fault.problem or fault.context}")


def _twice(node: yaml.Node, path: Path) -> list[Finding]:
    found: list[Finding] = []
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                where = ".".join(str(part) for part in (*path, name))
                found.append(Finding(key.start_mark.line + 1, where, "this key stands here twice"))
            seen.add(name)
            found += _twice(value, (*path, name))
    if isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            found += _twice(value, (*path, index))
    return found


def _child(node: yaml.Node, part: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None
