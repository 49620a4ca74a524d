"""What alerts reads from its environment. Secrets are SecretStr: they are never printed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from banso_alerts.domain.delivery import Limits
from banso_alerts.domain.proof.precision import Floor
from banso_alerts.domain.stages.stage import Storm
from banso_common.clock import HOUR_MS, SECOND_MS
from banso_common.settings import CommonSettings

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60


class AlertsSettings(CommonSettings):
    """Alerts' own settings, beside the common ones. Lists are written with commas."""

    alerts_database_url: str | None = None
    alerts_keep_days: int = Field(default=400, gt=366)
    plays_file: Path | None = None
    model_file: Path | None = None
    customer_plays: bool = False
    public_url: str | None = Field(default=None, pattern=r"^https?://[^\s<>|]+$")

    # when people may be spoken to
    locale: Literal["ja", "en"] = "en"
    time_zone: str = "UTC"
    open_days: Annotated[frozenset[int], NoDecode] = frozenset({1, 2, 3, 4, 5})
    open_from: str = Field(default="09:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    open_until: str = Field(default="18:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")
    holidays_country: str = Field(default="JP", pattern=r"^([A-Z]{2})?$")
    company_holidays: Annotated[frozenset[date], NoDecode] = frozenset()

    # whom not to tell, and how often at most
    holdout_share: float = Field(default=0.0, ge=0.0, lt=1.0)
    holdout_salt: str = "banso"
    cap_per_day: int = Field(default=20, ge=0)
    csm_hours_per_week: float | None = Field(default=None, ge=0, le=168)
    voice_customer_days: float = Field(default=7.0, ge=0, le=366)
    voice_house_hours: float = Field(default=24.0, ge=0, le=8_784)
    digest_at: str = Field(default="16:00", pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")

    # storms
    group_wait_s: float = Field(default=5.0, ge=0, le=3_600)
    group_interval_s: float = Field(default=300.0, ge=0, le=86_400)
    group_from: int = Field(default=3, ge=0)
    repeat_hours: float = Field(default=72.0, gt=0, le=8_784)
    repeats_max: int = Field(default=2, ge=0, le=10)

    # proof that outreach helps: what a rule has to reach, and how long a new one is judged before it speaks
    precision_floor: float = Field(default=0.3, ge=0.0, lt=1.0)
    precision_verdicts_min: int = Field(default=12, ge=5, le=40)
    shadow_days: float = Field(default=14.0, gt=0, le=366)

    # channels: each comes in as soon as it is set
    console_channel: bool | None = None
    slack_token: SecretStr | None = None
    slack_url: str = Field(default="https://slack.com/api/", pattern=r"^https?://.+/$")
    slack_team_channel: str | None = Field(default=None, pattern=r"^[CGD][A-Z0-9]{2,30}$")
    slack_product_channel: str | None = Field(default=None, pattern=r"^[CGD][A-Z0-9]{2,30}$")
    slack_operator_channel: str | None = Field(default=None, pattern=r"^[CGD][A-Z0-9]{2,30}$")
    slack_support_channel: str | None = Field(default=None, pattern=r"^[CGD][A-Z0-9]{2,30}$")
    slack_read_back: bool = True
    slack_signing_secret: SecretStr | None = None
    slack_webhook_url: SecretStr | None = None
    smtp_host: str | None = None
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    mail_from: str = "banso <banso@localhost>"
    mail_team: str | None = None
    mail_support: str | None = None
    mail_product: str | None = None
    mail_operator: str | None = None
    link_secret: SecretStr | None = Field(default=None, min_length=16)
    unsubscribe_mailto: str | None = Field(default=None, pattern=r"^[^@\s<>,?]+@[^@\s<>,?]+$")
    bounce_maildir: Path | None = None
    webhook_url: SecretStr | None = None
    webhook_secret: SecretStr | None = None
    webhook_allow_private: bool = False

    # delivery
    delivery_attempts_max: int = Field(default=8, ge=1, le=100)
    delivery_request_s_max: float = Field(default=10.0, gt=0, le=40)
    delivery_grace_s: float = Field(default=60.0, gt=0, le=3_600)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError(f"`{name}` is no IANA time zone; write for example Asia/Tokyo")
        return name

    @field_validator("open_days", mode="before")
    @classmethod
    def _weekdays(cls, days: object) -> object:
        if not isinstance(days, str):
            return days
        names = [name.strip().lower() for name in days.split(",") if name.strip()]
        if not set(names) <= set(WEEKDAYS):
            raise ValueError("write weekdays as mon,tue,wed,thu,fri,sat,sun")
        return frozenset(WEEKDAYS.index(name) + 1 for name in names)

    @field_validator("company_holidays", mode="before")
    @classmethod
    def _dates(cls, days: object) -> object:
        return [day.strip() for day in days.split(",") if day.strip()] if isinstance(days, str) else days

    @model_validator(mode="after")
    def _sensible(self) -> AlertsSettings:
        opens, closes = self.open_minutes
        if opens >= closes:
            raise ValueError("BANSO_OPEN_FROM has to be before BANSO_OPEN_UNTIL")
        if self.delivery_grace_s <= self.delivery_request_s_max:
            raise ValueError("BANSO_DELIVERY_GRACE_S has to be longer than BANSO_DELIVERY_REQUEST_S_MAX")
        return self

    @property
    def database(self) -> str:
        """The URL of alerts' database."""
        return self.database_url("alerts", self.alerts_database_url)

    @property
    def digest_minute(self) -> int | None:
        """When the rest of the day is told, minutes after midnight; None for never."""
        return _minutes(self.digest_at) if self.digest_at else None

    @property
    def storm(self) -> Storm:
        """How signals of one time become one message."""
        return Storm(
            wait_ms=round(self.group_wait_s * SECOND_MS),
            interval_ms=round(self.group_interval_s * SECOND_MS),
            group_from=self.group_from,
            repeat_ms=round(self.repeat_hours * HOUR_MS),
            repeats=self.repeats_max,
        )

    @property
    def open_minutes(self) -> tuple[int, int]:
        """When the day opens and closes, minutes after midnight."""
        return _minutes(self.open_from), min(_minutes(self.open_until), DAY_MINUTES)

    @property
    def floor(self) -> Floor:
        """How often a rule has to be right."""
        return Floor(share=self.precision_floor, verdicts_min=self.precision_verdicts_min)

    @property
    def way_out(self) -> bool:
        """Whether mails carry a link that ends them."""
        return self.public_url is not None and self.link_secret is not None

    @property
    def limits(self) -> Limits:
        """The limits of delivery."""
        return Limits(
            attempts_max=self.delivery_attempts_max,
            request_ms_max=round(self.delivery_request_s_max * SECOND_MS),
            grace_ms=round(self.delivery_grace_s * SECOND_MS),
        )


def _minutes(text: str) -> int:
    """Minutes after midnight of `09:30`."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
