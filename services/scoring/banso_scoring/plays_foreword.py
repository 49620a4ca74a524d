"""Tells alerts of the plays that count, ahead of every signal that names them, and whenever others count.

Nothing of it is stored: it follows from the store, and what was told in a partition is remembered by who told it. A
new process tells it again, and every process once a day, so that a reader who begins anew finds it within a day.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.clock import DAY_MS, Clock
from banso_common.contracts.codec import encode
from banso_common.contracts.topics import Topic
from banso_common.pipeline.relay import Addressed
from banso_scoring import plays_store

KEY = b"banso:plays"
Told = dict[tuple[int, str], tuple[int, int]]
"""By partition and version: since when these plays count, as it was told, and when that was."""


class _Names(msgspec.Struct):
    plays_version: str = ""


_names = msgspec.json.Decoder(_Names)


class PlaysForeword:
    """The foreword of scoring's relay."""

    topic = Topic.ACCOUNT_SIGNALS

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: Told = {}
        self._telling: Told = {}

    async def due(
        self, tx: AsyncConnection, page: Sequence[Addressed], partitions: Sequence[int]
    ) -> Sequence[Addressed]:
        """What has to stand before `page`, and what these partitions have not heard yet."""
        counts, now = await plays_store.in_force(tx), self._clock.now()
        wanted = {(each.partition, _names.decode(each.value).plays_version) for each in page}
        wanted = {(partition, version) for partition, version in wanted if version}
        if counts is not None:
            wanted |= {(partition, counts.version) for partition in partitions}
        missing = {place for place in wanted if self._is_news(place, counts, now)}
        texts = {each.version: each for each in await plays_store.told(tx, {version for _, version in missing})}
        known = sorted(place for place in missing if place[1] in texts)
        self._telling = {(partition, version): (texts[version].since_at, now) for partition, version in known}
        return [Addressed(partition, KEY, encode(texts[version])) for partition, version in known]

    def written(self) -> None:
        """What was due is on the log."""
        self._told.update(self._telling)

    def _is_news(self, place: tuple[int, str], counts: plays_store.InForce | None, now: int) -> bool:
        if place not in self._told:
            return True
        since_at, told_at = self._told[place]
        if counts is None or place[1] != counts.version:
            return False
        return since_at != counts.since_at or now >= told_at + DAY_MS
