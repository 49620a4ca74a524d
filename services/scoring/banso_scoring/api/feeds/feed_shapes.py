"""The answers about feeds: one feed, and what an account's row says of its own. Instants are RFC 3339 in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pydantic import ConfigDict
from pydantic.config import JsonDict

from banso_common.clock import SECOND_MS
from banso_scoring.api.render import instant_or_none
from banso_scoring.domain.feeds.rhythm import FAR, NEVER, patience_ms
from banso_scoring.feeds import Feeds, FeedState

EXAMPLE: JsonDict = {
    "source": "app",
    "state": "stale",
    "heard_at": "2026-11-20T10:31:02.000Z",
    "watermark": "2026-11-20T10:31:01.500Z",
    "first_heard_at": "2026-03-02T09:00:00.000Z",
    "heartbeat_s": None,
    "patience_s": 93_600,
    "believed_until": "2026-11-20T12:00:00.000Z",
    "sends_usage": True,
    "sends_contacts": False,
    "accounts": 412,
    "stale_since": "2026-11-20T12:00:00.000Z",
    "episodes": 1,
    "retired_at": None,
}


class AccountFeedState(StrEnum):
    """Whether an account's feeds are heard."""

    FRESH = "fresh"
    STALE = "stale"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class AccountFeed:
    """Whether what an account does is still heard."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True)

    state: AccountFeedState
    """`stale`: one of its feeds is no longer heard; then the band is `unknown`, the score stands still, and nothing is
    said of the account. `unknown`: no event of it was seen yet."""
    source: str | None
    """The stale feed."""
    since: str | None
    """Until when the feed's quiet could be believed: the score is of then."""


@dataclass(frozen=True, slots=True)
class FeedShown:
    """One feed: the `source` of events."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True, json_schema_extra={"example": EXAMPLE})

    source: str
    state: FeedState
    """`late`: missed, but within its patience, or it spoke again and is being read; time stands still for its accounts.
    `stale`: the operator was told. `gone`: quiet for 28 days, or `retired` by somebody: it no longer counts."""
    heard_at: str | None
    """When its newest event or heartbeat was received."""
    watermark: str | None
    """When its newest event happened."""
    first_heard_at: str | None
    heartbeat_s: int | None
    """The usual seconds between two heartbeats; null without them."""
    patience_s: int
    """How long it may be quiet."""
    believed_until: str | None
    """So far its quiet is believed; null while nothing is amiss."""
    sends_usage: bool
    sends_contacts: bool
    accounts: int
    """Accounts with events that came through it."""
    stale_since: str | None
    episodes: int
    """How often it was stale."""
    retired_at: str | None


@dataclass(frozen=True, slots=True)
class FeedList:
    """All feeds, those that need somebody first."""

    __pydantic_config__ = ConfigDict(json_schema_extra={"example": {"watched": True, "feeds": [EXAMPLE]}})

    watched: bool
    """False where BANSO_FEEDS_WATCHED is: silence then runs on the clock."""
    feeds: list[FeedShown]


ORDER = (FeedState.STALE, FeedState.LATE, FeedState.FRESH, FeedState.UNJUDGED, FeedState.RETIRED, FeedState.GONE)


def feed_shown(feeds: Feeds, source: str, now: int, accounts: int) -> FeedShown:
    """A feed that is known, as the API tells of it."""
    rhythm, told, said_ms = feeds.known[source], feeds.told.get(source), feeds.patience_of(source)
    until, beats_ms = feeds.believed_until(source, now), rhythm.beats_ms
    return FeedShown(
        source=source,
        state=feeds.state_of(source, now),
        heard_at=_instant(rhythm.alive_at),
        watermark=_instant(rhythm.newest_at),
        first_heard_at=_instant(rhythm.first_at),
        heartbeat_s=None if beats_ms is None else beats_ms // SECOND_MS,
        patience_s=patience_ms(rhythm, said_ms) // SECOND_MS,
        believed_until=None if until == FAR else _instant(until),
        sends_usage=rhythm.tells,
        sends_contacts=rhythm.contacts,
        accounts=accounts,
        stale_since=None if told is None else instant_or_none(told.since_at),
        episodes=0 if told is None else told.episode,
        retired_at=None if told is None else instant_or_none(told.retired_at),
    )


def account_feed(feed: str, since_at: int | None, has_feeds: bool) -> AccountFeed:
    """What an account's row says of its feeds: the stale one, if any."""
    if feed:
        return AccountFeed(AccountFeedState.STALE, feed, instant_or_none(since_at))
    return AccountFeed(AccountFeedState.FRESH if has_feeds else AccountFeedState.UNKNOWN, None, None)


def _instant(at: int) -> str | None:
    return None if at == NEVER else instant_or_none(at)
