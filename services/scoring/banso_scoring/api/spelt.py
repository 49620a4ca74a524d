"""Which account an address names: the one that is stored under what was written, else under another spelling of it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.contracts.spelling import spellings
from banso_common.http.problem import not_found
from banso_scoring import tables as t
from banso_scoring.api.query import is_storable


async def stored_as(tx: AsyncConnection, account: str) -> str:
    """The id under which `account` is stored, or as it was written where there is none. Raises Problem 404 for a text
    that no id can be."""
    if not is_storable(account):
        raise not_found("account")
    ways = spellings(account)
    if len(ways) == 1:
        return account
    column = t.account.c.account
    stored = set(await tx.scalars(select(column).where(column.in_(ways))))
    return next((way for way in ways if way in stored), account)
