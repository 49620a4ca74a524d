"""The `banso` command."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from banso_common.settings import CommonSettings, load
from banso_common.telemetry.logs import configure
from banso_ingest import dead_letters_cli
from banso_standalone import (
    cli_admin,
    cli_backtest,
    cli_calibrate,
    cli_diff,
    cli_erase,
    cli_feeds,
    cli_gaps,
    cli_goals,
    cli_model,
    cli_plays,
    cli_proof,
    cli_services,
    cli_switch,
    cli_world,
)
from banso_standalone.cli_replay import replay
from banso_standalone.cli_services import open_log
from banso_standalone.settings import Example, StandaloneSettings
from banso_standalone.standalone_run import run_standalone
from banso_standalone.unknown_settings import tell_of_unknown, warn_of_unknown

app = typer.Typer(
    help="Customer health that can be questioned.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


SERVE = frozenset({"run", "ingest", "scoring", "alerts"})
"""Commands that warn in their log of settings that nothing reads; the others say it beside what they print."""

cli_services.add(app)
cli_admin.add(app)
cli_backtest.add(cli_model.model)
cli_calibrate.add(cli_model.model)
cli_diff.add(cli_model.model)
cli_switch.add(cli_model.model)
app.add_typer(cli_model.model, name="model")
app.add_typer(cli_erase.erase, name="erase")
app.add_typer(cli_feeds.feeds, name="feeds")
app.add_typer(cli_gaps.gaps, name="gaps")
app.add_typer(cli_plays.plays, name="plays")
cli_goals.add(app)
cli_proof.add(app)
app.command()(replay)
cli_world.add(app)
app.add_typer(dead_letters_cli.make_app(open_log), name="dead-letters")


@app.callback()
def banso(context: typer.Context) -> None:
    """Customer health that can be questioned."""
    if context.invoked_subcommand not in SERVE:
        tell_of_unknown()


@app.command()
def run(
    no_example: Annotated[bool, typer.Option("--no-example", help="Start without the example's accounts.")] = False,
) -> None:
    """Run everything in this one process, with its data in BANSO_DATA_DIR."""
    settings = load(StandaloneSettings)
    if no_example:
        settings = settings.model_copy(update={"replay": Example.NONE})
    log_to_stderr(settings, quiet="WARNING")
    warn_of_unknown()
    run_standalone(settings, Console(highlight=False))


def log_to_stderr(settings: CommonSettings, quiet: str = "INFO") -> None:
    """Set logging up; `quiet` is the level when BANSO_LOG_LEVEL does not say one."""
    level = settings.log_level if "log_level" in settings.model_fields_set else quiet
    configure(json=settings.log_json, level=level)
