"""The routes of feeds: see how each stands, and say that one no longer counts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.contracts.codec import encode
from banso_common.db.transaction import transaction
from banso_common.http.auth import require
from banso_common.http.keys import Scope
from banso_common.http.problem import not_found
from banso_scoring import feed_store
from banso_scoring.api.answers import NOT_MODIFIED, answer, problems
from banso_scoring.api.feeds.feed_shapes import ORDER, FeedList, FeedShown, feed_shown
from banso_scoring.api.query import is_storable
from banso_scoring.feeds import Feeds
from banso_scoring.member import Member

_Source = Annotated[str, Path(description="The source; a slash in it is `%2F`.", examples=["app"])]


async def feed_list(tx: AsyncConnection, feeds: Feeds, now: int) -> FeedList:
    """All feeds as they stand at `now`."""
    counts = await feed_store.accounts_by_source(tx)
    found = [feed_shown(feeds, source, now, counts.get(source, 0)) for source in feeds.known]
    return FeedList(feeds.watched, sorted(found, key=lambda one: (ORDER.index(one.state), one.source)))


async def retire(tx: AsyncConnection, feeds: Feeds, source: str, retired_at: int | None, now: int) -> FeedShown:
    """Let `source` no longer count, or count again with None. Raises Problem 404 for one that was never heard."""
    if not is_storable(source) or source not in feeds.known:
        raise not_found("feed")
    await feed_store.put_retired(tx, source, retired_at)
    feeds.told = await feed_store.told(tx)
    return feed_shown(feeds, source, now, (await feed_store.accounts_by_source(tx)).get(source, 0))


def add_feeds(router: APIRouter, member: Member) -> None:
    """Put the routes into `router`."""
    admin = [Depends(require(Scope.ADMIN))]

    @router.get(
        "/v1/feeds",
        summary="How the feeds stand",
        response_model=FeedList,
        responses={**NOT_MODIFIED, **problems(401, 403, 503)},
        dependencies=[Depends(require(Scope.ACCOUNTS_READ))],
        tags=["operations"],
    )
    async def list_feeds(request: Request) -> Response:
        """Every source of events: when it was last heard, how long it may be quiet, and whether silence of its
        accounts can be believed."""
        async with member.view() as (tx, seen):
            return answer(request, await feed_list(tx, seen.feeds, seen.clock.now()))

    async def changed(source: str, retired_at: int | None) -> Response:
        async with member.view() as (_, seen):
            feeds = seen.feeds
        async with transaction(member.engine) as tx:
            body = encode(await retire(tx, feeds, source, retired_at, member.clock.now()))
        return Response(body, media_type="application/json")

    @router.post(
        "/v1/feeds/{source:path}/retire",
        summary="Let a feed no longer count",
        response_model=FeedShown,
        responses=problems(401, 403, 404, 422, 503),
        dependencies=admin,
        tags=["operations"],
    )
    async def retire_feed(source: _Source) -> Response:
        """Its quiet is as it should be: with the next sweep, within a minute, time goes on for its accounts."""
        return await changed(source, member.clock.now())

    @router.delete(
        "/v1/feeds/{source:path}/retire",
        summary="Let a feed count again",
        response_model=FeedShown,
        responses=problems(401, 403, 404, 422, 503),
        dependencies=admin,
        tags=["operations"],
    )
    async def restore_feed(source: _Source) -> Response:
        """It is watched again, from the next sweep on."""
        return await changed(source, None)
