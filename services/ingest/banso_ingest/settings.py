"""What ingest reads from its environment."""

from __future__ import annotations

from zoneinfo import available_timezones

from pydantic import Field

from banso_common.clock import DAY_MS, SECOND_MS
from banso_common.settings import CommonSettings
from banso_ingest.domain.breaker import BreakerLimits
from banso_ingest.domain.limits import KEPT_DAYS_DEFAULT, Rules

BODY_BYTES_MAX = 1_048_576
IN_FLIGHT_BYTES_DEFAULT = 64 * 1_048_576


class IngestSettings(CommonSettings):
    """Ingest's own settings, beside the common ones."""

    kept_days: int = Field(default=KEPT_DAYS_DEFAULT, ge=1, le=3_660)
    user_is_account: bool = False
    ids_composed: bool = True
    refused_share_max: float = Field(default=0.5, gt=0, le=1)
    in_flight_bytes_max: int = Field(
        default=IN_FLIGHT_BYTES_DEFAULT, ge=2 * BODY_BYTES_MAX
    )  # one body, packed and unpacked
    cool_down_s: int = Field(default=60, ge=1, le=3_600)

    @property
    def rules(self) -> Rules:
        """What an event must be here."""
        return Rules(
            zones=frozenset(available_timezones()),
            kept_ms=self.kept_days * DAY_MS,
            user_is_account=self.user_is_account,
            ids_composed=self.ids_composed,
        )

    @property
    def breaker(self) -> BreakerLimits:
        """When a partition stops rather than be drained into the dead letters."""
        return BreakerLimits(share_max=self.refused_share_max, cool_down_ms=self.cool_down_s * SECOND_MS)
