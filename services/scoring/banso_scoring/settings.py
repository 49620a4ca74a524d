"""What scoring reads from its environment."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import available_timezones

from pydantic import Field, field_validator

from banso_common.clock import HOUR_MS
from banso_common.settings import CommonSettings

PATIENCE_HOURS_MAX = 28 * 24


class ScoringSettings(CommonSettings):
    """Scoring's own settings, beside the common ones."""

    scoring_database_url: str | None = None
    model_file: Path | None = None
    time_zone: str = "UTC"
    repeat_days: int = Field(default=7, ge=1, le=60)
    feeds_watched: bool = True
    feed_patience: str = ""
    sweep_every_s: int = Field(default=60, ge=1, le=3_600)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError(f"`{name}` is no IANA time zone; write for example Asia/Tokyo")
        return name

    @field_validator("feed_patience")
    @classmethod
    def _sound_patience(cls, text: str) -> str:
        patience_of(text)
        return text

    @property
    def patience(self) -> list[tuple[str, int | None]]:
        """Patterns of sources with how long each may be quiet, in ms; None for as long as it likes."""
        return patience_of(self.feed_patience)

    @property
    def database(self) -> str:
        """The URL of scoring's database."""
        return self.database_url("scoring", self.scoring_database_url)


def patience_of(text: str) -> list[tuple[str, int | None]]:
    """`app=6,crm/*=48.5,nightly-*=off`: patterns of sources with ms, None for `off`. Raises ValueError."""
    found: list[tuple[str, int | None]] = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        pattern, _, hours = part.rpartition("=")
        try:
            ms = None if hours == "off" else round(float(hours) * HOUR_MS)
        except (ValueError, OverflowError):
            ms = -1
        if not pattern or (ms is not None and not 0 < ms <= PATIENCE_HOURS_MAX * HOUR_MS):
            raise ValueError(f"`{part}` is no patience; write for example app=6,crm/*=48,nightly-*=off (hours)")
        found.append((pattern, ms))
    return found
