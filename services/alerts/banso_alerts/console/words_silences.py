"""The words of the page of silences in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from banso_common.web.language import Language


@dataclass(frozen=True, slots=True)
class SilenceWords:
    """One language; `fields` by the name of the matcher's field."""

    hint: str
    matches: str
    author: str
    comment: str
    until: str
    end: str
    ended_hint: str
    new: str
    new_hint: str
    several: str
    days: str
    make: str
    any_: str
    fields: Mapping[str, str]


SILENCE_WORDS: Mapping[Language, SilenceWords] = {
    "ja": SilenceWords(
        hint="当てはまる知らせを、期限まで誰にも送りません。期限が来たら判断し直します。",
        matches="対象",
        author="作成者",
        comment="理由",
        until="期限",
        end="終了する",
        ended_hint="終了すると、止めていたものをすぐに判断し直します。",
        new="休止を作る",
        new_hint="少なくとも一つ指定してください。指定した項目のすべてに当てはまるものが対象です。",
        several="複数ならカンマ区切り",
        days="{} 日間",
        make="休止する",
        any_="指定しない",
        fields={
            "account": "アカウントID",
            "owner": "担当者のメール",
            "kind": "兆候",
            "play": "プレイ",
            "touch": "タッチ",
            "cell": "セル",
            "phase": "フェーズ",
            "severity": "重さ",
        },
    ),
    "en": SilenceWords(
        hint="What matches is told to nobody until then; then it is decided again.",
        matches="Matches",
        author="Author",
        comment="Why",
        until="Until",
        end="End it",
        ended_hint="What it held back is decided again at once.",
        new="Make a silence",
        new_hint="Name at least one. What meets every field that is named is silenced.",
        several="several apart by commas",
        days="{} d",
        make="Silence",
        any_="any",
        fields={
            "account": "Account id",
            "owner": "Owner's mail",
            "kind": "Signal",
            "play": "Play",
            "touch": "Touch",
            "cell": "Cell",
            "phase": "Phase",
            "severity": "Severity",
        },
    ),
}
