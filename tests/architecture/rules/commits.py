"""One place commits: `banso_common.db`, and the embedded log for its own files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from tests.architecture.rules.tree import Module

MAY_COMMIT = ("libs/common/banso_common/db/", "libs/common/banso_common/log/embedded", "tests/", "bench/")
DATABASE_VERBS = frozenset({"begin", "begin_nested", "begin_transaction", "rollback"})
TRANSACTION_SQL = re.compile(r"\s*(begin|commit|rollback|savepoint|start transaction)\b\s*(;|immediate|$)", re.I)


def breaches(tree: Iterable[Module]) -> Iterator[str]:
    """A database's commit takes no argument; a log reader's `commit(offsets)` is another thing."""
    for module in tree:
        if module.path.startswith(MAY_COMMIT):
            continue
        for node in ast.walk(module.syntax):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                commits = node.func.attr == "commit" and not node.args and not node.keywords
                if commits or node.func.attr in DATABASE_VERBS:
                    yield module.at(node, f".{node.func.attr}() outside of the one place that commits")
        for literal in module.literals():
            if TRANSACTION_SQL.match(str(literal.value)):
                yield module.at(literal, f"{literal.value!r} outside of the one place that commits")
