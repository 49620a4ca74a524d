"""`banso model`: the success model file. Each command of the group has its own module, which puts itself in here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from banso_alerts.plays_file import check_section
from banso_common.findings import Finding
from banso_scoring.model.load import check
from banso_standalone.models import read_text

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
model = typer.Typer(help="The success model file.", no_args_is_help=True)


@model.command("check")
def check_model(file: Path, as_json: JsonOption = False) -> None:
    """Check a success model file and its plays: each fault with its line and reason; exit code 1 when there is one."""
    text = read_text(file)
    found = [*check(text, str(file)), *check_section(text, str(file))]
    told(file, sorted(set(found)), as_json)


def told(file: Path, findings: Sequence[Finding], as_json: bool) -> None:
    """Say what is wrong with `file`; ends the command with code 1 when anything is."""
    if as_json:
        typer.echo(json.dumps([{"line": f.line, "path": f.path, "reason": f.reason} for f in findings]))
    elif findings:
        for finding in findings:
            typer.echo(f"{file}: {finding}")
    else:
        typer.echo(f"{file}: good")
    if findings:
        raise typer.Exit(1)
