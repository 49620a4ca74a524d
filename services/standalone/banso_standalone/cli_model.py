"""`banso model`: the success model file. Each command of the group has its own module, which puts itself in here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from banso_scoring.model.load import check
from banso_standalone.models import read_text

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
model = typer.Typer(help="The success model file.", no_args_is_help=True)


@model.command("check")
def check_model(file: Path, as_json: JsonOption = False) -> None:
    """Check a success model file: each fault with its line and reason; exit code 1 when there is one."""
    findings = check(read_text(file), str(file))
    if as_json:
        typer.echo(json.dumps([{"line": f.line, "path": f.path, "reason": f.reason} for f in findings]))
    elif findings:
        for finding in findings:
            typer.echo(f"{file}: {finding}")
    else:
        typer.echo(f"{file}: good")
    if findings:
        raise typer.Exit(1)
