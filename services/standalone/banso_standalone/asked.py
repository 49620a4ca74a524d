"""What a person asks of a backtest or a calibration, `--set key=value` by `--set key=value`, checked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from banso_common.errors import SettingsError
from banso_common.settings import load
from banso_scoring.domain.past.backtest import Terms
from banso_scoring.settings import ScoringSettings
from banso_standalone.beginning import JOURNAL
from banso_standalone.examples import oulad_model_file
from banso_standalone.journal import JournalFile
from banso_standalone.settings import Example


def _listed(written: object) -> object:
    return [part.strip() for part in written.split(",") if part.strip()] if isinstance(written, str) else written


class Asked(BaseModel):
    """The keys that `--set` takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    horizon: Annotated[int, Field(ge=1, le=730)] = 60
    """Days within which a contract has to end to count."""
    active: Annotated[int, Field(ge=1, le=126)] = 60
    """Days within which the product has to have been used by an active account."""
    calm: Annotated[int, Field(ge=1, le=126)] = 28
    """Days without friction after which an account is calm."""
    calm_of: Annotated[list[str], BeforeValidator(_listed)] = []
    """Channels of that friction; none: all."""
    budget: Annotated[float, Field(gt=0, le=1)] = 0.02
    """The share of accounts alerted a week."""
    since: date | None = None
    until: date | None = None
    walk: Literal["weekly", "daily"] = "weekly"
    """Daily is exact where standings count days, and slower."""
    known: Literal["then", "at-once"] | None = None
    """`at-once`: each fact counts as known on its own day, for a past that was imported long after; `then`: as it was,
    even where most was late. None: as it was, but not for such a past."""
    modules: Annotated[list[str], BeforeValidator(_listed)] = []
    """Of the example: only these."""

    @property
    def terms(self) -> Terms:
        """What counts as an outcome and as active."""
        return Terms(self.horizon, self.active, self.calm, tuple(self.calm_of))


def asked_of(settings: Sequence[str]) -> Asked:
    """The settings. Raises SettingsError for a key or a value that cannot be."""
    pairs = dict(written.partition("=")[::2] for written in settings)
    try:
        return Asked.model_validate({key.strip(): value.strip() for key, value in pairs.items()})
    except ValidationError as faults:
        said = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults.errors())
        keys = ", ".join(Asked.model_fields)
        raise SettingsError(f"--set takes key=value with one of {keys} ({said})") from None


def running_model_file(example: Example) -> Path | None:
    """The file of the model that runs here, or that the example runs with; None for the default."""
    scoring = load(ScoringSettings)
    if example is Example.OULAD:
        return oulad_model_file()
    if scoring.model_file is not None:
        return scoring.model_file
    journal = JournalFile(scoring.data_dir / JOURNAL).read()
    if journal is None:
        return None
    if journal.model_file is not None:
        return Path(journal.model_file)
    return oulad_model_file() if journal.example is Example.OULAD else None
