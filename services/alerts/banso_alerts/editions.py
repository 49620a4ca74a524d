"""Which plays a decision is made under: those that its signal names, else those in force.

In force are the newest that scoring told of; before anything was told, those of the settings. What cannot be read
(a newer banso wrote it, or a wrong file was sent past the check) counts as if it had not been told, and says so. A file
in BANSO_PLAYS_FILE stands before all plays that are told, which then bring their capacity only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts.capacity_file import capacity_of, values_of
from banso_alerts.domain.edition import Capacity, Edition
from banso_alerts.plays_file import SECTION, default_plays, load_plays, read_told
from banso_alerts.settings import AlertsSettings
from banso_alerts.store import told_plays
from banso_common.contracts import plays_told
from banso_common.contracts.codec import decode
from banso_common.errors import Refused, SettingsError
from banso_common.telemetry.logs import logger

KEPT_MAX = 16
LOOKED_AT_MAX = 10
"""So many unreadable versions are passed over before those of the settings count."""

log = logger("alerts.plays")
_values = msgspec.json.Decoder(dict[str, Any])


class Editions:
    """The editions of one installation; a version is read once."""

    def __init__(self, settings: AlertsSettings) -> None:
        self._settings = settings
        self.given = self._of_settings()
        self._read: dict[str, Edition | None] = {}

    async def of(self, tx: AsyncConnection, version: str) -> Edition:
        """The edition of that version; where it was never told, or cannot be read, the one in force."""
        found = await self._known(tx, version) if version else None
        return found if found is not None else await self.in_force(tx)

    async def in_force(self, tx: AsyncConnection) -> Edition:
        """The edition that counts now."""
        for version, since_at in await told_plays.newest(tx, LOOKED_AT_MAX):
            found = await self._known(tx, version)
            if found is not None:
                return replace(found, since_at=since_at)
        return self.given

    async def _known(self, tx: AsyncConnection, version: str) -> Edition | None:
        if version not in self._read:
            text = await told_plays.text_of(tx, version)
            if text is None:
                return None
            if len(self._read) >= KEPT_MAX:
                self._read.clear()
            self._read[version] = self._of_text(version, text)
        return self._read[version]

    def _of_text(self, version: str, text: str) -> Edition | None:
        try:
            values = decode(_values, text.encode())
            told = read_told(values, f"plays {version}") if SECTION in values else None
        except (Refused, SettingsError) as fault:
            log.error("plays that were told cannot be read; those before them count", version=version, why=str(fault))
            return None
        capacity = self._with_own_hours(capacity_of(values))
        if self._settings.plays_file is not None:
            return replace(self.given, capacity=capacity)
        return Edition(version, default_plays(self._settings.customer_plays) if told is None else told, capacity)

    def _of_settings(self) -> Edition:
        settings = self._settings
        plays = load_plays(settings.plays_file, settings.model_file, settings.customer_plays)
        values = values_of(settings.model_file, "BANSO_MODEL_FILE")
        own = values if settings.plays_file is None else values_of(settings.plays_file, "BANSO_PLAYS_FILE")
        version = plays_told.version_of(plays_told.written(own))
        return Edition(version, plays, self._with_own_hours(capacity_of(values)))

    def _with_own_hours(self, capacity: Capacity) -> Capacity:
        """What the settings say stands before the model."""
        hours = self._settings.csm_hours_per_week
        return capacity if hours is None else replace(capacity, hours_per_week=hours)
