"""Which success model a process runs with: the file that was named, else the default that is inside."""

from __future__ import annotations

from pathlib import Path

from banso_common.errors import SettingsError
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.model.load import default_model, load_model


def read_text(file: Path) -> str:
    """The text of a model file. Raises SettingsError when there is none that can be read."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingsError(f"the success model {file} cannot be read: {fault}") from None


def model_of(file: Path | None) -> SuccessModel:
    """The model in `file`, or the default. Raises SettingsError, ModelError with every line that is wrong."""
    return default_model() if file is None else load_model(read_text(file), str(file))
