"""Writes many rows in one statement, given as columns: the cost of a row is the database's, not Python's.

On PostgreSQL arrays through `unnest`, on SQLite the driver's executemany; both insert or, by key, replace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
Columns = Mapping[str, Sequence[Any]]


async def upsert(tx: AsyncConnection, table: Table, columns: Columns, *, replace: bool = True) -> None:
    """Insert one row per position of `columns` (equal lengths; values as the driver takes them).

    A row whose primary key exists is replaced in the columns given, or left alone without `replace`.
    """
    names = tuple(columns)
    if not names or not len(columns[names[0]]):
        return
    if tx.dialect.name == "postgresql":
        statement = _unnest(table, names, replace)
        await tx.exec_driver_sql(statement, tuple(list(column) for column in columns.values()))
    else:
        rows = list(zip(*columns.values(), strict=True))
        await tx.exec_driver_sql(_values(table, names, replace), rows)


@lru_cache(maxsize=256)
def _unnest(table: Table, names: tuple[str, ...], replace: bool) -> str:
    types = [table.c[name].type.compile(dialect=_POSTGRESQL) for name in names]
    arrays = ", ".join(f"${i}::{kind}[]" for i, kind in enumerate(types, 1))
    return " ".join((_into(table, names), _from_arrays(arrays), _on_conflict(table, names, replace)))


@lru_cache(maxsize=256)
def _values(table: Table, names: tuple[str, ...], replace: bool) -> str:
    marks = ", ".join("?" * len(names))
    return " ".join((_into(table, names), f"VALUES ({marks})", _on_conflict(table, names, replace)))


def _from_arrays(arrays: str) -> str:
    return f"SELECT * FROM unnest({arrays})"  # noqa: S608 -- `arrays` holds placeholders and type names only


def _into(table: Table, names: tuple[str, ...]) -> str:
    """Names come from Table objects, never from outside."""
    return f"INSERT INTO {table.name} ({', '.join(names)})"


def _on_conflict(table: Table, names: tuple[str, ...], replace: bool) -> str:
    keys = [column.name for column in table.primary_key.columns]
    changes = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
    action = f"DO UPDATE SET {changes}" if replace and changes else "DO NOTHING"
    return f"ON CONFLICT ({', '.join(keys)}) {action}"
