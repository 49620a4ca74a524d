"""A domain is pure: it does not wait, log, read a clock, draw lots or touch a file."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TypeGuard

from tests.architecture.rules.tree import Module, imports

# fmt: off
PURE_STANDARD_LIBRARY = frozenset({
    "__future__", "abc", "array", "bisect", "calendar", "collections", "copy", "dataclasses", "datetime", "decimal",
    "enum", "fnmatch", "fractions", "functools", "hashlib", "heapq", "html", "itertools", "json", "math", "numbers",
    "operator", "re", "statistics", "string", "struct", "textwrap", "types", "typing", "unicodedata", "urllib.parse",
    "zlib", "zoneinfo",
})
# fmt: on
PURE_LIBRARIES = frozenset({"numpy", "msgspec"})  # msgspec: the contracts that a domain speaks are its structs
COMMON = ("banso_common.contracts", "banso_common.errors")
CLOCK_VALUES = frozenset({"SECOND_MS", "MINUTE_MS", "HOUR_MS", "DAY_MS", "iso"})
IMPURE_BUILTINS = frozenset({"open", "print", "input", "eval", "exec", "__import__", "breakpoint"})
IMPURE_METHODS = frozenset({"now", "today", "utcnow", "read_text", "write_text", "read_bytes", "write_bytes"})
IMPURE_NUMPY = frozenset({"random", "load", "save", "savez", "fromfile", "tofile", "memmap", "loadtxt", "savetxt"})


def breaches(tree: Iterable[Module]) -> Iterator[str]:
    for module in tree:
        if module.path.startswith("services/") and "/domain/" in module.path:
            yield from _impure_imports(module)
            yield from _impure_acts(module)


def _impure_imports(module: Module) -> Iterator[str]:
    package = module.path.split("/")[2]
    for statement, source, name in imports(module):
        top = source.partition(".")[0]
        pure = (
            source in PURE_STANDARD_LIBRARY
            or top in PURE_STANDARD_LIBRARY
            or top in PURE_LIBRARIES
            or f"{source}.".startswith(tuple(f"{each}." for each in (*COMMON, f"{package}.domain")))
            or (source == "banso_common.clock" and name in CLOCK_VALUES)
            or (source == "banso_common" and name in {"errors", "contracts"})
        )
        if not pure:
            yield module.at(statement, f"a domain may not import {source} {name}".rstrip())


def _impure_acts(module: Module) -> Iterator[str]:
    for node in ast.walk(module.syntax):
        if isinstance(node, ast.AsyncFunctionDef):
            yield module.at(node, f"a domain does not wait: async {node.name}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in IMPURE_BUILTINS:
            yield module.at(node, f"a domain may not call {node.func.id}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in IMPURE_METHODS:
                yield module.at(node, f"a domain may not call .{node.func.attr}()")
        elif _is_impure_numpy(node):
            yield module.at(node, f"a domain may not use numpy.{node.attr}")


def _is_impure_numpy(node: ast.AST) -> TypeGuard[ast.Attribute]:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in {"np", "numpy"}
        and node.attr in IMPURE_NUMPY
    )
