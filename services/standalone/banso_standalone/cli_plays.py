"""`banso plays`: what follows from a signal, as it is written in a success model file or in a file of its own."""

from __future__ import annotations

from pathlib import Path

import typer

from banso_alerts.plays_file import check_plays
from banso_standalone.cli_model import JsonOption, told
from banso_standalone.models import read_text

plays = typer.Typer(help="Plays: what follows from a signal.", no_args_is_help=True)


@plays.callback()
def group() -> None:
    """Plays: what follows from a signal."""


@plays.command("check")
def check_file(file: Path, as_json: JsonOption = False) -> None:
    """Check the plays of a file: each fault with its line and reason; exit code 1 when there is one."""
    told(file, check_plays(read_text(file), str(file)), as_json)
