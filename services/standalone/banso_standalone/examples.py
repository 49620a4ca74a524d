"""Where the examples are: beside the code in a checkout, or in the working folder of the image."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

from banso_common.errors import SettingsError
from banso_standalone.oulad import Extract, Row

TABLES = ("courses", "assessments", "studentRegistration", "student_assessment")


def examples_dir() -> Path:
    """The folder `examples`. Raises SettingsError when this installation came without it."""
    for home in (Path(__file__).resolve().parents[3], Path.cwd()):
        if (home / "examples" / "oulad").is_dir():
            return home / "examples"
    raise SettingsError(
        "the examples are not here: run banso from a checkout, or start empty with `banso run --no-example`"
    )


def oulad_model_file() -> Path:
    """The success model that fits the extract."""
    return examples_dir() / "models" / "oulad.yaml"


def load_oulad(presentations: frozenset[str], modules: frozenset[str]) -> Extract:
    """The extract. Raises SettingsError when it holds nothing of what was asked for."""
    folder = examples_dir() / "oulad"
    extract = Extract({name: _rows(folder / f"{name}.csv.gz") for name in TABLES}, presentations, modules)
    if not extract.accounts:
        wanted = " ".join([*sorted(modules), *sorted(presentations)])
        raise SettingsError(f"the OULAD extract has nothing of `{wanted}`; it has AAA to GGG of 2013B to 2014J")
    return extract


def _rows(file: Path) -> list[Row]:
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))
