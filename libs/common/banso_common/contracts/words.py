"""What the closed sets of the published language are called in both languages, wherever people read them.

A message and the console say the same word for the same band. What a company names itself (phases, channels) comes
with the signal instead, in the words of its success model.
"""

from __future__ import annotations

from collections.abc import Mapping

from banso_common.contracts.account_signal import Band, TouchModel

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


def named(labels: Mapping[str, str], key: str, language: str) -> str:
    """What `key` is called: its label in the reader's language, else in any, else the key itself."""
    return labels.get(language) or next(iter(labels.values()), "") or key
