"""`banso model diff`: what another success model would change, before anything is applied."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from banso_common.clock import SystemClock
from banso_common.db.engine import connect
from banso_common.db.transaction import reading
from banso_common.settings import load
from banso_scoring import diffing
from banso_scoring.diffing import Question
from banso_scoring.domain.matrix.model_diff import AccountChange, ModelDiff, Transition
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.model.load import load_model
from banso_scoring.models import Models
from banso_scoring.settings import ScoringSettings
from banso_scoring.zones import Zones
from banso_standalone.cli_goals import running_model
from banso_standalone.cli_model import JsonOption
from banso_standalone.models import read_text

SHOWN_MAX = 40
NOBODY = "(nobody)"


def add(model: typer.Typer) -> None:
    """Put the command into `banso model`."""
    model.command("diff")(diff)


def diff(
    file: Annotated[Path, typer.Argument(help="The other model file.")],
    as_json: JsonOption = False,
) -> None:
    """Compare a model file with the running model on the stored facts: who moves, whose care changes, which hours."""
    other = load_model(read_text(file), str(file))
    found = asyncio.run(_compared(running_model(), other))
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
    else:
        show(found, Console(highlight=False))


async def _compared(running: SuccessModel, other: SuccessModel) -> ModelDiff:
    settings = load(ScoringSettings)
    today = Zones(settings.time_zone).day(0, SystemClock().now())
    engine = connect(settings.database)
    try:
        async with reading(engine) as tx:
            accounts, day = await diffing.count(tx), await diffing.day_of(tx, today)
            before = await Models(running).current(tx)
            with Progress(console=Console(stderr=True)) as progress:
                task = progress.add_task(f"{accounts:,} accounts under two models", total=diffing.steps(accounts))
                question = Question((before, other), day, settings.time_zone)
                return await diffing.diff(tx, question, lambda: progress.advance(task))
    finally:
        await engine.dispose()


def show(found: ModelDiff, console: Console) -> None:
    """Print what would change, the whole before the parts."""
    console.print(
        f"{found.before} → {found.after}, as of {found.day}: of {found.accounts:,} accounts "
        f"{found.changed:,} change. Nothing was applied."
    )
    console.print(
        f"Hours a month: {found.hours_before:,.1f} → {found.hours_after:,.1f} "
        f"({_signed(found.hours_after - found.hours_before)}), "
        f"there are {found.capacity_before:,.1f} → {found.capacity_after:,.1f}."
    )
    for title, some in (
        ("cell", found.cells), ("touch", found.touches), ("band", found.bands), ("phase", found.phases),
    ):  # fmt: skip
        _transitions(title, some, console)
    if found.owners:
        table = Table("owner", "accounts", "hours before", "after", "change")
        for one in found.owners[:SHOWN_MAX]:
            change = _signed(one.hours_after - one.hours_before)
            row = (f"{one.accounts:,}", f"{one.hours_before:,.1f}", f"{one.hours_after:,.1f}", change)
            table.add_row(_plain(one.owner or NOBODY), *row)
        console.print(table)
    _moves(found.moves, found.changed, console)
    for name, count in found.said.items():
        if count < found.accounts:
            console.print(f"{_plain(name)} is known of {count:,} of {found.accounts:,} accounts.")


def _transitions(title: str, some: Sequence[Transition], console: Console) -> None:
    if not some:
        return
    table = Table(f"{title} before", "after", "accounts", "annual contract value")
    for one in some[:SHOWN_MAX]:
        amounts = ", ".join(f"{amount:,.0f} {currency}" for currency, amount in sorted(one.acv.items()))
        table.add_row(_plain(one.before), _plain(one.after), f"{one.accounts:,}", _plain(amounts))
    console.print(table)


def _moves(moves: Sequence[AccountChange], changed: int, console: Console) -> None:
    if not moves:
        return
    table = Table("account", "owner", "what changes")
    for one in moves[:SHOWN_MAX]:
        pairs = [
            f"{what} {getattr(one.before, what)} → {getattr(one.after, what)}"
            for what in ("cell", "touch", "band", "phase")
            if getattr(one.before, what) != getattr(one.after, what)
        ]
        table.add_row(_plain(one.name), _plain(one.owner or NOBODY), _plain(", ".join(pairs)))
    console.print(table)
    if changed > SHOWN_MAX:
        console.print(f"… and {changed - SHOWN_MAX:,} more: --json names them.")


def _signed(hours: float) -> str:
    return f"{hours:+,.1f}"


def _plain(text: str) -> str:
    """A text from outside, on one line and without rich's markup."""
    return " ".join(text.split()).replace("[", "\\[")
