"""`banso erase`: what is stored of an account, or who one of its users was, is erased for good, while banso runs."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from itertools import product
from typing import Annotated, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts.settings import AlertsSettings
from banso_alerts.store import erasing as alerts
from banso_common.contracts.spelling import spellings
from banso_common.contracts.topics import KEEP_DAYS
from banso_common.db.engine import connect
from banso_common.db.transaction import transaction
from banso_common.settings import load
from banso_scoring import erasing as scoring
from banso_scoring.settings import ScoringSettings
from banso_standalone.cli_model import JsonOption

T = TypeVar("T")
erase = typer.Typer(help="Erase an account, or who a user was, for good.", no_args_is_help=True)
Account = Annotated[str, typer.Argument(help="The account's id, as events name it.")]
User = Annotated[str, typer.Argument(help="The user's id, as events name it.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@erase.command("account")
def erase_account(account: Account, yes: YesOption = False, as_json: JsonOption = False) -> None:
    """Erase all that scoring and alerts store of an account. What is sent of it afterwards makes it anew."""
    _ask(f"Erase everything that is stored of the account `{account}`?", yes)
    in_scoring = _with_store(load(ScoringSettings).database, lambda tx: _from_scoring(tx, account))
    in_alerts, waits = _with_store(load(AlertsSettings).database, lambda tx: _from_alerts(tx, account))
    if as_json:
        typer.echo(json.dumps({"scoring": in_scoring, "alerts": in_alerts, "under_way": waits}))
    else:
        for service, erased in (("scoring", in_scoring), ("alerts", in_alerts)):
            told = ", ".join(f"{rows:,} of {table}" for table, rows in sorted(erased.items()))
            typer.echo(f"{service}: {told or 'nothing was stored'}")
        if waits:
            typer.echo(f"{waits} messages under way tell of it among others: erase it again once they are told")
        _remind()
    if not in_scoring and not in_alerts:
        raise typer.Exit(1)


@erase.command("user")
def erase_user(account: Account, user: User, yes: YesOption = False, as_json: JsonOption = False) -> None:
    """Put a stranger in the place of one of an account's users: nobody can tell any more who it was, figures stay."""
    _ask(f"Erase who the user `{user}` of the account `{account}` was?", yes)
    days = _with_store(load(ScoringSettings).database, lambda tx: _who(tx, account, user))
    if as_json:
        typer.echo(json.dumps({"days": days}))
    else:
        typer.echo(f"a stranger stands in their place on {days:,} days" if days else "no such user was seen")
        _remind()
    if not days:
        raise typer.Exit(1)


async def _from_scoring(tx: AsyncConnection, account: str) -> Counter[str]:
    """Erase the account under whatever spelling it is stored."""
    erased = Counter[str]()
    for way in spellings(account):
        erased.update(await scoring.erase_account(tx, way))
    return erased


async def _from_alerts(tx: AsyncConnection, account: str) -> tuple[Counter[str], int]:
    """The same in alerts, with how many messages under way tell of it."""
    erased, waits = Counter[str](), 0
    for way in spellings(account):
        rows, waiting = await alerts.erase_account(tx, way)
        erased.update(rows)
        waits += waiting
    return erased, waits


async def _who(tx: AsyncConnection, account: str, user: str) -> int:
    """Put a stranger in the user's place under whatever spelling either is stored; gives the days."""
    days = 0
    for way, who in product(spellings(account), spellings(user)):
        days += await scoring.erase_user(tx, way, who)
    return days


def _ask(question: str, yes: bool) -> None:
    if not yes:
        typer.confirm(question, abort=True)


def _remind() -> None:
    kept = ", ".join(f"{topic} {days} d" for topic, days in KEEP_DAYS.items())
    typer.echo(f"The log still holds what was sent until its keeping time ends ({kept}, unless you chose otherwise),")
    typer.echo("and so do backups: erase again after restoring one.")


def _with_store(url: str, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    async def run() -> T:
        engine = connect(url)
        try:
            async with transaction(engine) as tx:
                if tx.dialect.name == "sqlite":  # what is deleted is overwritten, not only let go
                    await tx.exec_driver_sql("PRAGMA secure_delete = ON")
                return await work(tx)
        finally:
            await engine.dispose()

    return asyncio.run(run())
