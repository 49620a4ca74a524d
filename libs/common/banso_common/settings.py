"""What every process reads from its environment (`BANSO_…`); a wrong value is one clear error that names it."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from banso_common.errors import SettingsError

ENV_PREFIX = "BANSO_"


class CommonSettings(BaseSettings):
    """Settings that all services share."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, env_ignore_empty=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    data_dir: Path = Path(".banso")
    keys_file: Path | None = None
    kafka_bootstrap: str | None = None
    topic_prefix: str = ""
    partitions: int = Field(default=8, ge=1, le=512)
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    log_json: bool = False

    @property
    def keys_path(self) -> Path:
        """Where the API keys are."""
        return self.keys_file or self.data_dir / "keys.json"

    def database_url(self, service: str, given: str | None) -> str:
        """The URL that was given, or a SQLite file in the data folder."""
        return given or f"sqlite+aiosqlite:///{self.data_dir / service}.db"


S = TypeVar("S", bound=BaseSettings)


def load(kind: type[S]) -> S:
    """Read settings of `kind` from the environment. Raises SettingsError naming every wrong variable."""
    try:
        return kind()
    except ValidationError as fault:
        wrong = "; ".join(
            f"{ENV_PREFIX}{'_'.join(str(part) for part in error['loc']).upper()}: {error['msg']}"
            for error in fault.errors()
        )
        raise SettingsError(f"the environment is wrong: {wrong}") from None
