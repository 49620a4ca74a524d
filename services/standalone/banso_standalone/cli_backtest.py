"""`banso model backtest`: how well success models would have told who leaves, on facts as they were known then."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress

from banso_common.errors import SettingsError
from banso_scoring.domain.past.backtest_figures import Estimate
from banso_scoring.domain.past.backtest_report import Part, Report, Verdict, gain_of, report
from banso_scoring.domain.success_model import SuccessModel
from banso_standalone import spans
from banso_standalone.asked import Asked, asked_of, running_model_file
from banso_standalone.backtest_shown import show
from banso_standalone.cli_model import JsonOption
from banso_standalone.models import model_of
from banso_standalone.settings import Example
from banso_standalone.spans import Span, TellDays

EXIT_REFUSED = 1
EARLIER, LATER = ("2013B", "2013J"), ("2014B", "2014J")
"""Presentations of the example: what is learnt from, and what is judged."""

ExampleOption = Annotated[Example, typer.Option(help="`oulad`: real students, told anew, instead of the stored facts.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="horizon=60 active=60 calm=28 calm_of=CHANNEL,CHANNEL budget=0.02 "
        "since=DATE until=DATE walk=weekly|daily known=then|at-once modules=AAA,BBB",
    ),
]


class Result(msgspec.Struct, frozen=True):
    """What `--json` prints: a report for each model, and what the last gains on the first."""

    reports: list[Report]
    gain: Estimate | None


def add(group: typer.Typer) -> None:
    """Put the command into `banso model`."""
    group.command("backtest")(backtest)


def backtest(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Model files. One is held against the running one; none: that one.")
    ] = None,
    example: ExampleOption = Example.NONE,
    settings: SetOption = None,
    force: Annotated[bool, typer.Option("--force", help="Do not refuse a model that loses to recency.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Hold what models would have said against what came, beside the rule "days since last use".

    Exit code 1 when the last of the models does worse than that rule.
    """
    named = list(files or [])
    models = [model_of(file) for file in (named if len(named) > 1 else [running_model_file(example), *named])]
    wanted = asked_of(settings or [])
    with bars(quiet=as_json) as told:
        found = asyncio.run(spans_of(models[0], example, wanted, told))
        parts = [parts_of(one, found, wanted, told) for one in models]
    reports = [report(one, some, wanted.horizon, wanted.budget) for one, some in zip(models, parts, strict=True)]
    gain = gain_of(parts[-1], parts[0], wanted.horizon) if len(models) > 1 else None
    if as_json:
        typer.echo(msgspec.json.encode(Result(reports, gain)).decode())
    else:
        show(reports, gain)
    if reports[-1].verdict is Verdict.LOSES and not force:
        raise typer.Exit(EXIT_REFUSED)


async def spans_of(model: SuccessModel, example: Example, wanted: Asked, told: TellDays) -> list[Span]:
    """The stored past; or of the example the earlier presentations, not judged, and the later ones."""
    if example is Example.NONE:
        return [await spans.stored(model, wanted)]
    every = await spans.oulad(model, EARLIER + LATER, wanted, told)
    judged = [span.apart(judged=span.name in LATER) for span in every]
    if not any(span.judged for span in judged):
        raise SettingsError(f"these modules were not taught in {' or '.join(LATER)}")
    return judged


def parts_of(model: SuccessModel, found: Sequence[Span], wanted: Asked, told: TellDays) -> list[Part]:
    """The rows of `model` on all spans, with a bar."""
    try:
        wanted.terms.channels(model)
    except ValueError as fault:
        raise SettingsError(str(fault)) from None
    tick = told(model.version, sum(len(span.days) for span in found))
    return [span.part(model, wanted.terms, tick) for span in found]


@contextmanager
def bars(*, quiet: bool) -> Iterator[TellDays]:
    """Progress bars on standard error: give a name and a length, get what to call at each step."""
    with Progress(console=Console(stderr=True, quiet=quiet), transient=True) as progress:

        def told(name: str, steps: int) -> spans.Tick:
            task = progress.add_task(name, total=steps)
            return lambda: progress.advance(task)

        yield told
