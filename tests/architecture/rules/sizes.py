"""Small enough to read at one sitting: files, functions, parameters; and a module begins by saying what it is for."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from tests.architecture.rules.tree import Module

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 60
PARAMETERS_MAX = 5


def breaches(tree: Iterable[Module]) -> Iterator[str]:
    """Migrations may be as long as the tables they make. Tests may name as many fixtures as they need."""
    for module in tree:
        if module.lines > FILE_LINES_MAX and not module.is_migration:
            yield f"{module.path}:1: {module.lines} lines, at most {FILE_LINES_MAX}"
        if not ast.get_docstring(module.syntax) and not module.is_migration:
            yield f"{module.path}:1: does not begin by saying what it is for"
        for function in module.functions():
            lines = (function.end_lineno or 0) - function.lineno + 1
            if lines > FUNCTION_LINES_MAX and not module.is_migration:
                yield module.at(function, f"{function.name} has {lines} lines, at most {FUNCTION_LINES_MAX}")
            count = _parameters(function)
            if count > PARAMETERS_MAX and not module.is_test:
                yield module.at(function, f"{function.name} has {count} parameters, at most {PARAMETERS_MAX}")


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    given = function.args
    names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len(names[1:] if names[:1] in (["self"], ["cls"]) else names)
