"""Looks after the feeds at every sweep: who is missed for longer than its patience is told of to the operator, once.

The owner of the lowest lane in which a feed was heard speaks for it. An episode has a number, and what is said stands
in the outbox under a key made of it, in the transaction that counts it: a crash or a second owner says nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.clock import HOUR_MS, SECOND_MS
from banso_common.contracts.account_signal import (
    VERSION,
    AccountSignal,
    Band,
    Severity,
    SignalKind,
    SignalState,
    TouchModel,
    feed_subject,
    signal_key,
)
from banso_common.contracts.codec import encode
from banso_common.contracts.topics import Topic
from banso_common.db import outbox
from banso_common.db.outbox import Message
from banso_common.db.transaction import reading, transaction
from banso_common.errors import Unavailable
from banso_common.failpoints import failpoint
from banso_common.telemetry import metrics
from banso_scoring import feed_store, plays_store
from banso_scoring import tables as t
from banso_scoring.domain.facts.live import WORD
from banso_scoring.domain.facts.panel import DAYS
from banso_scoring.domain.feeds.rhythm import FAR, SETTLE_MS, patience_ms
from banso_scoring.feed_store import Told
from banso_scoring.feeds import Feeds, FeedState
from banso_scoring.member import Member


@dataclass(frozen=True, slots=True)
class News:
    """A feed whose episode of staleness begins or ends."""

    source: str
    lane: int
    state: SignalState
    told: Told
    opened_at: int
    why: str


async def watch(member: Member, now: int) -> bool:
    """Take in what was heard elsewhere, and say what is to be said. Raises Fenced, Unavailable.

    Gives whether to go on: not when the lanes have to be loaded anew, so that the window shows all days that wait.
    """
    if not member.feeds.watched:
        return True
    async with member.changing():
        async with reading(member.engine) as tx:
            lanes, told = await feed_store.rhythms(tx), await feed_store.told(tx)
        member.feeds.read(lanes, told, member.lanes())
        found = _news(member, now)
        if found:
            await _say(member, found, now)
        member.hear_contacts()
    if found:
        member.said()
    _measure(member.feeds, now)
    return await _reaches(member, now)


def _news(member: Member, now: int) -> list[News]:
    """Whose episodes begin or end, among the feeds that are ours to speak for."""
    feeds, found = member.feeds, list[News]()
    for source, rhythm in feeds.known.items():
        lane = min(number for number, heard in feeds.lanes.items() if source in heard)
        if lane not in member.claims:
            continue
        told, judged = feeds.told.get(source, Told()), feeds.is_judged(source, now)
        patience = patience_ms(rhythm, feeds.patience_of(source))
        quiet, until = now - rhythm.alive_at > patience, feeds.believed_until(source, now)
        missed = quiet and rhythm.goes_on
        if told.since_at is None and judged and missed and _can_tell(member, now, patience):
            opened = Told(told.episode + 1, until, told.retired_at)
            found.append(News(source, lane, SignalState.OPENED, opened, until, "quiet"))
        elif told.since_at is not None and (not judged or (not quiet and until == FAR)):
            state = feeds.state_of(source, now)
            why = "retired" if state is FeedState.RETIRED else "gone" if quiet else "heard"
            closed = replace(told, since_at=None)
            found.append(News(source, lane, SignalState.CLOSED, closed, told.since_at, why))
    return found


def _can_tell(member: Member, now: int, patience: int) -> bool:
    """Whether we have listened for long enough, and have read what there is."""
    return member.listens() and not member.is_behind() and now - member.loaded_at >= min(patience, SETTLE_MS)


async def _say(member: Member, found: list[News], now: int) -> None:
    async with transaction(member.engine) as tx:
        claims = await member.advance(tx, {})
        await feed_store.put_told(tx, [(one.source, one.told) for one in found])
        failpoint("feed-counted")
        messages = [await _message(tx, member, one, now) for one in found]
        await outbox.put(tx, t.outbox, messages)
    failpoint("feed-said")
    member.claims = claims
    member.feeds.told.update((one.source, one.told) for one in found)
    for one in found:
        metrics.signals_said.labels(SignalKind.FEED_STALE, one.state).inc()


async def _message(tx: AsyncConnection, member: Member, one: News, now: int) -> Message:
    subject, rhythm = feed_subject(one.source), member.feeds.known[one.source]
    key = signal_key(subject, SignalKind.FEED_STALE, one.told.episode, one.state)
    signal = AccountSignal(
        v=VERSION,
        key=key,
        kind=SignalKind.FEED_STALE,
        state=one.state,
        severity=Severity.CRITICAL,
        account=subject,
        episode=one.told.episode,
        said_at=now,
        opened_at=one.opened_at,
        account_name=one.source,
        touch=TouchModel.HIGH,
        phase="",
        band=Band.UNKNOWN,
        coverage=0.0,
        model_version=member.model.version,
        plays_version=await plays_store.in_force_version(tx),
        detail={
            "why": one.why,
            "heard_at": rhythm.alive_at,
            "quiet_hours": round((now - rhythm.alive_at) / HOUR_MS, 1),
            "patience_hours": round(patience_ms(rhythm, member.feeds.patience_of(one.source)) / HOUR_MS, 2),
            "accounts": (await feed_store.accounts_by_source(tx)).get(one.source, 0),
        },
    )
    return Message(key, one.lane, Topic.ACCOUNT_SIGNALS, subject, encode(signal))


def _measure(feeds: Feeds, now: int) -> None:
    for state in FeedState:
        count = sum(feeds.state_of(source, now) is state for source in feeds.known)
        metrics.scoring_feeds.labels(state).set(count)
    for source, rhythm in feeds.known.items():
        metrics.scoring_feed_quiet_seconds.labels(source).set((now - rhythm.alive_at) / SECOND_MS)


async def _reaches(member: Member, now: int) -> bool:
    """Whether the window shows the whole past of each day that waits to be closed; else has the lanes loaded anew."""
    portfolio = member.portfolio
    waiting = portfolio.columns.closed_day[: len(portfolio)] + 1
    near = waiting > portfolio.zones.day(0, now) - WORD + 1
    if not (near & (waiting < portfolio.window.origin + DAYS - 1)).any():
        return True
    try:
        async with member.changing():
            raise Unavailable("days that wait to be closed lie before the live window: the lanes are loaded anew")
    except Unavailable:
        return False
