"""The words about feeds in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from banso_common.web.language import Language
from banso_scoring.feeds import FeedState


@dataclass(frozen=True, slots=True)
class FeedWords:
    """One language. Of `stale`: the source, since when, and how many accounts."""

    feeds: str
    source: str
    state: str
    heard: str
    patience: str
    heartbeat: str
    accounts: str
    states: Mapping[FeedState, str]
    stale: str
    of_account: str
    between: str
    nothing: str
    unwatched: str
    hint: str
    minutes: str
    hours: str
    days: str


FEED_WORDS: Mapping[Language, FeedWords] = {
    "ja": FeedWords(
        feeds="データ連携",
        source="送信元",
        state="状態",
        heard="最後に届いた時刻（UTC）",
        patience="待てる途切れ",
        heartbeat="生存信号の間隔",
        accounts="お客様",
        states={
            FeedState.FRESH: "届いています",
            FeedState.LATE: "遅れています",
            FeedState.STALE: "途絶えています",
            FeedState.GONE: "28日以上届いていません（対象外）",
            FeedState.RETIRED: "対象外にしました",
            FeedState.UNJUDGED: "判定していません",
        },
        stale="データ連携「{}」が途絶えています。{}社の状態は不明で、スコアは{}（UTC）のまま止まっています。",
        of_account="データ連携「{}」が途絶えているため、状態は不明です。スコアは{}（UTC）時点のものです。",
        between="いまは{}〜{}点のあいだと見られます（95%）。",
        nothing="まだ何も届いていません。",
        unwatched="データ連携は監視されていません（BANSO_FEEDS_WATCHED=false）。",
        hint="途絶えている間、そのお客様の沈黙は数えず、お知らせもしません。再び届けば、止まっていた日を一日ずつ進めます。",
        minutes="{}分",
        hours="{}時間",
        days="{}日",
    ),
    "en": FeedWords(
        feeds="Feeds",
        source="Source",
        state="State",
        heard="Last heard (UTC)",
        patience="May be quiet for",
        heartbeat="Heartbeat every",
        accounts="Accounts",
        states={
            FeedState.FRESH: "heard",
            FeedState.LATE: "late",
            FeedState.STALE: "not heard",
            FeedState.GONE: "quiet for 28 days, no longer counts",
            FeedState.RETIRED: "retired",
            FeedState.UNJUDGED: "not judged",
        },
        stale="The feed “{}” is no longer heard. {} accounts are unknown: their scores stand still since {} (UTC).",
        of_account="Unknown, since the feed “{}” is no longer heard. The score is that of {} (UTC).",
        between="By now it lies between {} and {} (95 %).",
        nothing="Nothing was heard yet.",
        unwatched="Feeds are not watched (BANSO_FEEDS_WATCHED=false).",
        hint="While a feed is not heard, silence of its accounts counts for nothing, nothing is said of them. Once it "
        "is heard again, the days that stood still are gone through one by one.",
        minutes="{} min",
        hours="{} h",
        days="{} days",
    ),
}
