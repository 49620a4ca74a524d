"""What the closed sets of the published language are called in both languages, wherever people read them.

A message and the console say the same word for the same band. What a company names itself (phases, channels) comes
with the signal instead, in the words of its success model.
"""

from __future__ import annotations

from collections.abc import Mapping

from banso_common.contracts.account_signal import Band, Severity, SignalKind, TouchModel

BANDS: Mapping[str, Mapping[Band, str]] = {
    "ja": {Band.HEALTHY: "健全", Band.WATCH: "注意", Band.CRITICAL: "危険", Band.UNKNOWN: "判定不能"},
    "en": {Band.HEALTHY: "healthy", Band.WATCH: "watch", Band.CRITICAL: "critical", Band.UNKNOWN: "unknown"},
}

TOUCHES: Mapping[str, Mapping[TouchModel, str]] = {
    "ja": {
        TouchModel.HIGH: "ハイタッチ",
        TouchModel.LOW: "ロータッチ",
        TouchModel.TECH: "テックタッチ",
        TouchModel.COMMUNITY: "コミュニティタッチ",
    },
    "en": {
        TouchModel.HIGH: "high touch",
        TouchModel.LOW: "low touch",
        TouchModel.TECH: "tech touch",
        TouchModel.COMMUNITY: "community touch",
    },
}

KINDS: Mapping[str, Mapping[SignalKind, str]] = {
    "ja": {
        SignalKind.SILENT_STRUGGLING: "黙って困っている",
        SignalKind.STRUGGLING: "つまずいている",
        SignalKind.HEALTH_CRITICAL: "ヘルス危険",
        SignalKind.STALLED: "停滞",
        SignalKind.GOAL_REACHED: "ゴール達成",
        SignalKind.CONTACT_MADE: "問い合わせあり",
        SignalKind.CONTRACT_RENEWED: "契約更新",
        SignalKind.CONTRACT_ENDED: "契約終了",
        SignalKind.SILENT_INCIDENT: "インシデント",
        SignalKind.FEED_STALE: "データ連携の途絶",
    },
    "en": {
        SignalKind.SILENT_STRUGGLING: "struggling in silence",
        SignalKind.STRUGGLING: "struggling",
        SignalKind.HEALTH_CRITICAL: "health critical",
        SignalKind.STALLED: "stalled",
        SignalKind.GOAL_REACHED: "goal reached",
        SignalKind.CONTACT_MADE: "wrote to us",
        SignalKind.CONTRACT_RENEWED: "contract renewed",
        SignalKind.CONTRACT_ENDED: "contract ended",
        SignalKind.SILENT_INCIDENT: "incident",
        SignalKind.FEED_STALE: "feed not heard",
    },
}

SEVERITIES: Mapping[str, Mapping[Severity, str]] = {
    "ja": {Severity.CRITICAL: "重大", Severity.WARNING: "注意", Severity.INFO: "参考"},
    "en": {Severity.CRITICAL: "Critical", Severity.WARNING: "Warning", Severity.INFO: "For information"},
}


def named(labels: Mapping[str, str], key: str, language: str) -> str:
    """What `key` is called: its label in the reader's language, else in any, else the key itself."""
    return labels.get(language) or next(iter(labels.values()), "") or key
