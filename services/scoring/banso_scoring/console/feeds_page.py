"""The page of feeds, and what the other pages say of those that are no longer heard."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.web.language import Language, language_of
from banso_scoring.api.feeds.feed_routes import feed_list
from banso_scoring.api.feeds.feed_shapes import FeedShown
from banso_scoring.console.pages_shown import show
from banso_scoring.console.words_feed import FEED_WORDS
from banso_scoring.feeds import FeedState
from banso_scoring.member import Member

MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400


def add_feeds_page(router: APIRouter, member: Member) -> None:
    """Serve it from the store of `member`."""

    @router.get("/feeds", response_class=HTMLResponse)
    async def all_feeds(request: Request) -> Response:
        """How every source of events stands."""
        language = language_of(request)
        async with member.view() as (tx, seen):
            view = await feed_list(tx, seen.feeds, seen.clock.now())
        shown = {"view": view, "words": FEED_WORDS[language], "span": lambda seconds: span(seconds, language)}
        return show(request, "feeds.html", shown)


async def stale_feeds(tx: AsyncConnection, seen: Member) -> Sequence[FeedShown]:
    """The feeds that are no longer heard."""
    if not any(seen.feeds.is_stale(source) for source in seen.feeds.known):
        return []
    found = await feed_list(tx, seen.feeds, seen.clock.now())
    return [one for one in found.feeds if one.state is FeedState.STALE]


def span(seconds: int, language: Language) -> str:
    """A time in words: `26 h`, `5 days`."""
    words = FEED_WORDS[language]
    for unit, text in ((DAY_S, words.days), (HOUR_S, words.hours)):
        if seconds >= 2 * unit:
            return text.format(f"{seconds / unit:.3g}")
    return words.minutes.format(f"{seconds / MINUTE_S:.3g}")
