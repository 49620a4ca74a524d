"""The words of the pages of outreach in both languages: the day, the list, and why something was not sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from banso_alerts.console.words_standing import AUDIENCES, REASONS, STATES
from banso_alerts.domain.outreach import ChannelName, OutreachState, Reason
from banso_alerts.domain.plays import Audience
from banso_alerts.store.overview import Show
from banso_common.web.language import Language


@dataclass(frozen=True, slots=True)
class Words:
    """One language. `{}` is filled by the templates."""

    outreach: str
    tabs: Mapping[str, str]
    shows: Mapping[Show, str]
    hints: Mapping[Show, str]
    nothing: Mapping[Show, str]
    none_fits: str
    see_all: str
    today: str
    digest_waits: str
    account: str
    any_kind: str
    any_channel: str
    any_reason: str
    owner: str
    message: str
    whom: str
    standing: str
    answer: str
    when: str
    until: str
    again_at: str
    in_digest: str
    in_group: str
    reminder: str
    taken: str
    snoozed: str
    unanswered: str
    days_of: str
    days_hint: str
    told: str
    hours: str
    no_work: str
    no_budget: str
    digest: str
    no_digest: str
    nobody: str
    groups: str
    gathers: str
    goes_out: str
    no_groups: str
    silences: str
    no_silences: str
    times: str
    reasons: Mapping[Reason, str]
    states: Mapping[OutreachState, str]
    audiences: Mapping[Audience, str]
    channels: Mapping[ChannelName, str]


CHANNELS = {
    ChannelName.SLACK: "Slack",
    ChannelName.SLACK_WEBHOOK: "Slack",
    ChannelName.WEBHOOK: "Webhook",
}

WORDS: Mapping[Language, Words] = {
    "ja": Words(
        outreach="アウトリーチ",
        tabs={
            "/outreach": "今日",
            "/outreach/rules": "的中率",
            "/outreach/proof": "効果と枯れ",
            "/outreach/silences": "休止",
        },
        shows={
            Show.TO_ANSWER: "回答待ち",
            Show.WAITING: "送信待ち",
            Show.SENT: "送信済み",
            Show.HELD: "見送り",
        },
        hints={
            Show.TO_ANSWER: "届けたあと、誰も対応・判定していないもの",
            Show.WAITING: "まだ送っていないもの。理由と、次に判断する時刻",
            Show.SENT: "送ったもの。どこへ、いつ、どう判定されたか",
            Show.HELD: "送らなかったもの。理由つき",
        },
        nothing={
            Show.TO_ANSWER: "すべて対応済みです。",
            Show.WAITING: "待っているものはありません。",
            Show.SENT: "まだ何も送っていません。",
            Show.HELD: "見送ったものはありません。",
        },
        none_fits="該当するアウトリーチはありません。",
        see_all="すべて見る",
        today="今日",
        digest_waits="その日のまとめ：{} 件",
        account="アカウントID",
        any_kind="兆候：すべて",
        any_channel="チャネル：すべて",
        any_reason="理由：すべて",
        owner="担当者のメール",
        message="内容",
        whom="宛先",
        standing="状態と理由",
        answer="回答",
        when="判断した時刻",
        until="{} まで",
        again_at="次は {}",
        in_digest="まとめに掲載",
        in_group="グループの一通に掲載",
        reminder="再通知 {} 回目",
        taken="{} が対応中",
        snoozed="{} が {} まで休止",
        unanswered="未回答",
        days_of="担当者の今日",
        days_hint="使った時間／その日の枠。超えた分はまとめに回ります。",
        told="{} 件",
        hours="{} / {} 時間",
        no_work="今日は勤務日ではありません",
        no_budget="{} 時間（枠なし）",
        digest="まとめ {} 件・{}",
        no_digest="まとめなし",
        nobody="この14日間、担当者宛てのものはありません。",
        groups="グループとインシデント",
        gathers="{} 件が集まり中",
        goes_out="{} に送信",
        no_groups="まとめて知らせているものはありません。",
        silences="有効な休止",
        no_silences="休止はありません。",
        times="時刻は {} のものです。",
        reasons=REASONS["ja"],
        states=STATES["ja"],
        audiences=AUDIENCES["ja"],
        channels={**CHANNELS, ChannelName.EMAIL: "メール", ChannelName.CONSOLE: "画面出力"},
    ),
    "en": Words(
        outreach="Outreach",
        tabs={
            "/outreach": "Today",
            "/outreach/rules": "Hit rates",
            "/outreach/proof": "Effect and wear-out",
            "/outreach/silences": "Silences",
        },
        shows={
            Show.TO_ANSWER: "To answer",
            Show.WAITING: "Waiting",
            Show.SENT: "Sent",
            Show.HELD: "Held back",
        },
        hints={
            Show.TO_ANSWER: "What was told, and nobody has taken or judged",
            Show.WAITING: "What was not sent yet, why, and when it is decided again",
            Show.SENT: "What was sent: where, when, and what people said of it",
            Show.HELD: "What was not sent, each with its reason",
        },
        nothing={
            Show.TO_ANSWER: "Everything is in hand.",
            Show.WAITING: "Nothing waits.",
            Show.SENT: "Nothing was sent yet.",
            Show.HELD: "Nothing was held back.",
        },
        none_fits="No outreach fits.",
        see_all="See all",
        today="today",
        digest_waits="Digest of the day: {}",
        account="Account id",
        any_kind="Any signal",
        any_channel="Any channel",
        any_reason="Any reason",
        owner="Owner's mail",
        message="Message",
        whom="To",
        standing="State and reason",
        answer="Answer",
        when="Decided",
        until="until {}",
        again_at="again {}",
        in_digest="in the digest",
        in_group="told in a group",
        reminder="reminder {}",
        taken="in hand: {}",
        snoozed="snoozed by {} until {}",
        unanswered="no answer",
        days_of="Managers' day",
        days_hint="Hours used of the hours there are; the rest goes to the digest.",
        told="{} told",
        hours="{} of {} h",
        no_work="does not work today",
        no_budget="{} h, no budget",
        digest="digest of {} at {}",
        no_digest="no digest",
        nobody="Nothing was decided for an owner in the last 14 days.",
        groups="Groups and incidents",
        gathers="{} gathering",
        goes_out="goes out {}",
        no_groups="Nothing is told together now.",
        silences="Silences in force",
        no_silences="Nothing is silenced.",
        times="Times are those of {}.",
        reasons=REASONS["en"],
        states=STATES["en"],
        audiences=AUDIENCES["en"],
        channels={**CHANNELS, ChannelName.EMAIL: "mail", ChannelName.CONSOLE: "printed"},
    ),
}
