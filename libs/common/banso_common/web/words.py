"""The words of the frame in both languages: where one can go, signing in, and what is said when something fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from banso_common.web.language import Language

PLACES: tuple[str, ...] = ("/", "/outreach", "/journey", "/matrix", "/segments", "/incidents", "/iceberg", "/feeds")
"""Where one can go, in the order of the navigation. `/outreach` is alerts', the others are scoring's."""


@dataclass(frozen=True, slots=True)
class FrameWords:
    """One language. `places` by address."""

    other_language: str
    places: Mapping[str, str]
    places_label: str
    apply: str
    clear: str
    next_page: str
    first_page: str
    back: str
    sign_in: str
    sign_in_hint: str
    key: str
    wrong_key: str
    expired_key: str
    spent_link: str
    sign_out: str
    not_found: str
    not_allowed: str
    not_understood: str
    stale_form: str
    away: str
    failed: str
    goes_on: str


FRAME_WORDS: Mapping[Language, FrameWords] = {
    "ja": FrameWords(
        other_language="English",
        places=dict(
            zip(
                PLACES,
                (
                    "今日の対応",
                    "アウトリーチ",
                    "ジャーニー",
                    "マトリクス",
                    "セグメント",
                    "インシデント",
                    "氷山",
                    "データ連携",
                ),
                strict=True,
            )
        ),
        places_label="ページ",
        apply="絞り込む",
        clear="解除",
        next_page="次のページ",
        first_page="最初のページ",
        back="一覧へ戻る",
        sign_in="サインイン",
        sign_in_hint="APIキー（accounts:read か outreach:read）を入力してください。作るには banso keys create。",
        key="APIキー",
        wrong_key="このキーでは入れません。accounts:read か outreach:read の権限を持つキーか確かめてください。",
        expired_key="このキーは期限が切れています。新しいキーを作ってください。",
        spent_link="このリンクは一度だけ、作られてから1時間以内に使えます。APIキーを入力してください。",
        sign_out="サインアウト",
        not_found="見つかりません",
        not_allowed="このキーではできません",
        not_understood="この条件は読み取れません",
        stale_form="このページは古くなっています。前のページを読み直してから、もう一度送ってください。",
        away="データベースが応答しません。少し待ってからやり直してください。",
        failed="表示できませんでした",
        goes_on="続ける",
    ),
    "en": FrameWords(
        other_language="日本語",
        places=dict(
            zip(
                PLACES,
                ("Today", "Outreach", "Journey", "Matrix", "Segments", "Incidents", "Iceberg", "Feeds"),
                strict=True,
            )
        ),
        places_label="Pages",
        apply="Filter",
        clear="Clear",
        next_page="Next page",
        first_page="First page",
        back="Back to the list",
        sign_in="Sign in",
        sign_in_hint="Enter an API key with accounts:read or outreach:read. `banso keys create` makes one.",
        key="API key",
        wrong_key="This key does not open the console. It needs the scope accounts:read or outreach:read.",
        expired_key="This key has expired. Ask for a new one.",
        spent_link="This link works once, within an hour. Enter the API key instead.",
        sign_out="Sign out",
        not_found="Not found",
        not_allowed="This key may not do that",
        not_understood="This cannot be read",
        stale_form="This page has grown old. Load the page before it again, then send it once more.",
        away="The database does not answer. Wait a moment and try again.",
        failed="This cannot be shown",
        goes_on="Go on",
    ),
}
