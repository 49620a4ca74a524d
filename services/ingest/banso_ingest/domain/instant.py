"""Instants as people and programs write them, as ms since the epoch."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from banso_common.clock import DAY_MS, SECOND_MS
from banso_ingest.domain.refusal import RefusalCode, refusal

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE_LENGTH = len("2026-11-21")


def instant_of(written: str | int) -> int:
    """ms since the epoch: an RFC 3339 text with its zone, or an integer that already is ms.

    Parts of a millisecond are dropped. Raises Refused(bad-time), also for a text without a zone: a guess
    would be wrong by hours.
    """
    if isinstance(written, int):
        return written
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise refusal(
            RefusalCode.BAD_TIME, f"`{written[:40]}` is no RFC 3339 instant such as 2026-11-21T09:00:00Z"
        ) from None
    if moment.tzinfo is None:
        raise refusal(RefusalCode.BAD_TIME, f"`{written[:40]}` names no zone; write Z or an offset such as +09:00")
    return _ms(moment - _EPOCH)


def day_or_instant_of(written: str | int) -> int:
    """As `instant_of`; a bare date such as 2027-03-31 is its first moment in UTC."""
    if isinstance(written, str) and len(written) == _DATE_LENGTH:
        try:
            day = date.fromisoformat(written)
        except ValueError:
            raise refusal(RefusalCode.BAD_TIME, f"`{written}` is no date such as 2027-03-31") from None
        return _ms(datetime.combine(day, time(), UTC) - _EPOCH)
    return instant_of(written)


def _ms(since_epoch: timedelta) -> int:
    return since_epoch.days * DAY_MS + since_epoch.seconds * SECOND_MS + since_epoch.microseconds // SECOND_MS
