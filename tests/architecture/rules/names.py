"""Names say what a thing does, and names of closed sets are written once: in their type."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from banso_common.contracts.topics import Topic
from tests.architecture.rules.tree import Module, imports

EMPTY_WORDS = frozenset({"util", "utils", "helper", "helpers", "manager", "processor", "base", "handle"})
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d*|\d+")  # base64 is one word
DICTATED = re.compile(r"handle_(starttag|endtag|data|[A-Z]+)")  # html.parser and aiosmtpd call these by name
TOPICS_AT = "libs/common/banso_common/contracts/topics.py"
METRICS_AT = "libs/common/banso_common/telemetry/"
METRIC_KINDS = frozenset({"Counter", "Gauge", "Histogram", "Summary", "Info", "Enum"})


def breaches(tree: Iterable[Module]) -> Iterator[str]:
    for module in tree:
        yield from _empty_names(module)
        if not module.is_test:
            yield from _topics_by_hand(module)
            yield from _metrics_by_hand(module)


def _empty_names(module: Module) -> Iterator[str]:
    """Of modules, packages, classes and functions. A handler is a thing; to handle says nothing. A test's name
    is a sentence, in which any word may stand."""
    for part in PurePosixPath(module.path).with_suffix("").parts:
        if empty := _empty(part):
            yield f"{module.path}:1: the name {part} says nothing: {empty}"
    for node in ast.walk(module.syntax):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            free = node.name.startswith("test_") or DICTATED.fullmatch(node.name)
            if not free and (empty := _empty(node.name)):
                yield module.at(node, f"the name {node.name} says nothing: {empty}")


def _empty(name: str) -> str:
    return ", ".join(word for word in map(str.lower, WORD.findall(name)) if word in EMPTY_WORDS)


def _topics_by_hand(module: Module) -> Iterator[str]:
    if module.path != TOPICS_AT:
        for literal in module.literals():
            if literal.value in set(Topic):
                yield module.at(literal, f"write Topic.{Topic(literal.value).name}, not {literal.value!r}")


def _metrics_by_hand(module: Module) -> Iterator[str]:
    if not module.path.startswith(METRICS_AT):
        for statement, source, name in imports(module):
            if source.partition(".")[0] == "prometheus_client" and (name in METRIC_KINDS or not name):
                yield module.at(statement, "metrics are made in banso_common.telemetry only")
