"""A tree of Python modules, read and parsed once, as every rule sees it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOMS = ("libs", "services", "deploy", "bench", "prove", "examples", "tests")


@dataclass(frozen=True)
class Module:
    """One source file; `path` is relative to the tree, with slashes."""

    path: str
    source: str

    @cached_property
    def syntax(self) -> ast.Module:
        return ast.parse(self.source, self.path)

    @property
    def lines(self) -> int:
        return len(self.source.splitlines())

    @property
    def is_test(self) -> bool:
        return self.path.startswith("tests/")

    @property
    def is_migration(self) -> bool:
        return "/migrations/versions/" in self.path

    def at(self, node: ast.stmt | ast.expr, what: str) -> str:
        """A breach in words, at a place that an editor can open."""
        return f"{self.path}:{node.lineno}: {what}"

    def literals(self) -> Iterator[ast.Constant]:
        """The string literals that say something to the program: all but docstrings."""
        said = {id(node.value) for node in ast.walk(self.syntax) if isinstance(node, ast.Expr)}
        for node in ast.walk(self.syntax):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
                yield node

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.syntax):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


def read_tree(root: Path) -> list[Module]:
    """Every Python module of the rooms under `root`, sorted by path."""
    files = sorted(file for room in ROOMS for file in (root / room).rglob("*.py"))
    return [Module(file.relative_to(root).as_posix(), file.read_text(encoding="utf-8")) for file in files]


def made_of(sources: Mapping[str, str]) -> list[Module]:
    """A tree made of {path: source}: how a breach is seeded."""
    return [Module(path, source) for path, source in sources.items()]


def imports(module: Module) -> Iterator[tuple[ast.stmt, str, str]]:
    """(statement, module, name) for each thing imported by an absolute import; name is "" for a whole module."""
    for node in ast.walk(module.syntax):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name, ""
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            for alias in node.names:
                yield node, node.module or "", alias.name
