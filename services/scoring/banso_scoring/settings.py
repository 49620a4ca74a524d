"""What scoring reads from its environment."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import available_timezones

from pydantic import Field, field_validator

from banso_common.settings import CommonSettings


class ScoringSettings(CommonSettings):
    """Scoring's own settings, beside the common ones."""

    scoring_database_url: str | None = None
    model_file: Path | None = None
    time_zone: str = "UTC"
    repeat_days: int = Field(default=7, ge=1, le=60)
    sweep_every_s: int = Field(default=60, ge=1, le=3_600)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError(f"`{name}` is no IANA time zone; write for example Asia/Tokyo")
        return name

    @property
    def database(self) -> str:
        """The URL of scoring's database."""
        return self.database_url("scoring", self.scoring_database_url)
