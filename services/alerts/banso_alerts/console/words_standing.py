"""Why an outreach stands as it does, in both languages: its reasons, its states, and whom it is for."""

from __future__ import annotations

from collections.abc import Mapping

from banso_alerts.domain.outreach import OutreachState, Reason
from banso_alerts.domain.plays import Audience
from banso_common.web.language import Language

REASONS: Mapping[Language, Mapping[Reason, str]] = {
    "ja": {
        Reason.EXPIRED: "期限切れ",
        Reason.NO_RECIPIENT: "届く宛先がない",
        Reason.NO_WAY_OUT: "配信停止リンクが未設定のため顧客へは送らない",
        Reason.SUPPRESSED: "宛先が配信停止",
        Reason.REPLAYED: "過去の再生中",
        Reason.PART_OF_INCIDENT: "インシデントとして通知済み",
        Reason.SHADOW: "試行中のルール",
        Reason.DEMOTED: "的中率が低いルール",
        Reason.HOLDOUT: "比較のため送らない群",
        Reason.SILENCED: "休止中",
        Reason.INHIBITED: "より重い兆候が優先",
        Reason.SNOOZED: "あとで知らせる指定",
        Reason.COOLDOWN: "同じ内容を最近知らせた",
        Reason.QUIET_HOURS: "時間外",
        Reason.GATHERING: "まとめるために待機",
        Reason.ONE_VOICE: "同じお客様の話を知らせたばかり",
        Reason.CAP: "一日の件数の上限",
        Reason.BUDGET: "一日の時間の枠を超える",
        Reason.DIGEST: "まとめの時刻を待つ",
        Reason.CLOSED: "知らせる前に解消",
        Reason.NO_PLAY: "プレイが削除された",
        Reason.ACKNOWLEDGED: "先に誰かが対応",
        Reason.CHANNEL_BUSY: "チャネルが混雑",
        Reason.UNCONFIRMED: "到着を確認中",
        Reason.REJECTED: "チャネルが拒否",
        Reason.ATTEMPTS_EXHAUSTED: "送信を断念",
    },
    "en": {
        Reason.EXPIRED: "expired",
        Reason.NO_RECIPIENT: "nobody to reach",
        Reason.NO_WAY_OUT: "a customer could not unsubscribe: the link is not set up",
        Reason.SUPPRESSED: "address gets nothing any more",
        Reason.REPLAYED: "replay of the past",
        Reason.PART_OF_INCIDENT: "told as part of an incident",
        Reason.SHADOW: "rule on trial",
        Reason.DEMOTED: "rule too often wrong",
        Reason.HOLDOUT: "left alone to compare",
        Reason.SILENCED: "silenced",
        Reason.INHIBITED: "something worse comes first",
        Reason.SNOOZED: "snoozed",
        Reason.COOLDOWN: "told of this not long ago",
        Reason.QUIET_HOURS: "outside working hours",
        Reason.GATHERING: "waits for company",
        Reason.ONE_VOICE: "had just heard of this account",
        Reason.CAP: "the day's number is reached",
        Reason.BUDGET: "the day has no hours left",
        Reason.DIGEST: "waits for its time",
        Reason.CLOSED: "over before it was told",
        Reason.NO_PLAY: "its play was removed",
        Reason.ACKNOWLEDGED: "somebody had it in hand",
        Reason.CHANNEL_BUSY: "the channel is busy",
        Reason.UNCONFIRMED: "looked for, may have arrived",
        Reason.REJECTED: "the channel refuses it",
        Reason.ATTEMPTS_EXHAUSTED: "given up",
    },
}

STATES: Mapping[Language, Mapping[OutreachState, str]] = {
    "ja": {
        OutreachState.WAITING: "待機",
        OutreachState.PLANNED: "送信予定",
        OutreachState.SENDING: "送信中",
        OutreachState.RETRY: "再送待ち",
        OutreachState.IN_DOUBT: "到着確認中",
        OutreachState.SENT: "送信済み",
        OutreachState.HELD: "見送り",
        OutreachState.EXPIRED: "期限切れ",
        OutreachState.PARKED: "送信不能",
        OutreachState.GROUPED: "グループで送信",
    },
    "en": {
        OutreachState.WAITING: "waits",
        OutreachState.PLANNED: "to be sent now",
        OutreachState.SENDING: "being sent",
        OutreachState.RETRY: "tried again",
        OutreachState.IN_DOUBT: "in doubt",
        OutreachState.SENT: "sent",
        OutreachState.HELD: "held back",
        OutreachState.EXPIRED: "expired",
        OutreachState.PARKED: "not deliverable",
        OutreachState.GROUPED: "told in a group",
    },
}

AUDIENCES: Mapping[Language, Mapping[Audience, str]] = {
    "ja": {
        Audience.OWNER: "担当者",
        Audience.TEAM: "チーム",
        Audience.CONTACT: "お客様",
        Audience.SUPPORT: "サポート",
        Audience.PRODUCT: "製品側",
        Audience.OPERATOR: "運用担当",
    },
    "en": {
        Audience.OWNER: "owner",
        Audience.TEAM: "team",
        Audience.CONTACT: "customer",
        Audience.SUPPORT: "support",
        Audience.PRODUCT: "product",
        Audience.OPERATOR: "operator",
    },
}
