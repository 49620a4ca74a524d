"""The words of an outreach's own page in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from banso_alerts.console.one import Step
from banso_alerts.domain.proof.judging import By, Found
from banso_common.web.language import Language


@dataclass(frozen=True, slots=True)
class OneWords:
    """One language."""

    back: str
    message: str
    course: str
    your_answer: str
    answer_hint: str
    is_it_real: str
    snooze: str
    snooze_hint: str
    no_write: str
    for_customer: str
    steps: Mapping[Step, str]
    found: Mapping[Found, str]
    by: Mapping[By, str]
    members: str
    members_hint: str
    digest_members: str
    group: str
    digest: str
    details: str
    play: str
    stage: str
    attempts: str
    channel_says: str
    reference: str
    outreach_id: str
    all_of_account: str


ONE_WORDS: Mapping[Language, OneWords] = {
    "ja": OneWords(
        back="アウトリーチへ戻る",
        message="メッセージ",
        course="経過",
        your_answer="回答する",
        answer_hint="Slack のボタンと同じです。判定はルールの的中率に数えられます。",
        is_it_real="この知らせは当たっていましたか",
        snooze="休止する",
        snooze_hint="このお客様の同じ兆候を、その間は知らせません。",
        no_write="このキーでは回答できません（outreach:write が必要です）。",
        for_customer="お客様宛てのメッセージです。",
        steps={
            Step.SAID: "兆候を検知",
            Step.DECIDED: "判断",
            Step.PLANNED: "送信を決定",
            Step.TRIED: "最初の送信",
            Step.SENT: "送信完了",
            Step.ENDED: "送らずに終了",
            Step.ACTED: "回答",
            Step.JUDGED: "判定が確定",
            Step.NEXT: "次の判断",
            Step.REMINDS: "再通知の予定",
        },
        found={Found.RIGHT: "当たり", Found.WRONG: "外れ", Found.OPEN: "どちらとも言えない", Found.PENDING: "判定待ち"},
        by={By.PERSON: "人の判定による", By.OUTCOME: "その後の出来事による"},
        members="この一通で知らせたお客様",
        members_hint="一社ずつ判定できます。ルールの的中率にも一社ずつ数えられます。",
        digest_members="このまとめに載るもの",
        group="グループの一通",
        digest="まとめ",
        details="詳細",
        play="プレイ",
        stage="止めたステージ",
        attempts="送信回数",
        channel_says="チャネルの応答",
        reference="チャネル側の番号",
        outreach_id="ID",
        all_of_account="このお客様のすべてのアウトリーチ",
    ),
    "en": OneWords(
        back="Back to outreach",
        message="Message",
        course="Course",
        your_answer="Answer",
        answer_hint="The same as the buttons in Slack. A verdict counts for the rule's hit rate.",
        is_it_real="Was this right?",
        snooze="Snooze",
        snooze_hint="This kind of signal of this account is not told meanwhile.",
        no_write="This key may not answer; it needs outreach:write.",
        for_customer="This message is for the customer.",
        steps={
            Step.SAID: "Signal",
            Step.DECIDED: "Decided",
            Step.PLANNED: "To be sent",
            Step.TRIED: "First tried",
            Step.SENT: "Sent",
            Step.ENDED: "Ended unsent",
            Step.ACTED: "Answered",
            Step.JUDGED: "Judged",
            Step.NEXT: "Decided again",
            Step.REMINDS: "Reminder due",
        },
        found={Found.RIGHT: "right", Found.WRONG: "wrong", Found.OPEN: "nobody can say", Found.PENDING: "pending"},
        by={By.PERSON: "by a person's word", By.OUTCOME: "by what came after"},
        members="Accounts that this message tells of",
        members_hint="Judge each of them; the rule's hit rate counts them one by one.",
        digest_members="What this digest tells of",
        group="the group's message",
        digest="the digest",
        details="Details",
        play="Play",
        stage="Held by the stage",
        attempts="Attempts",
        channel_says="The channel says",
        reference="The channel's name for it",
        outreach_id="Id",
        all_of_account="All outreach of this account",
    ),
}
