"""The console's words in both languages; what is made from numbers is in `sentences` and `numbers`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from banso_common.contracts.account_signal import Band, SignalKind, TouchModel
from banso_common.contracts.words import BANDS, KINDS, TOUCHES
from banso_common.web.language import Language


@dataclass(frozen=True, slots=True)
class Words:
    """One language. Texts with `{}` are filled by `sentences` and `numbers`."""

    today: str
    accounts: str
    flagged: str
    flagged_hint: str
    flagged_first: str
    by_currency: str
    search: str
    anyone: str
    any_signal: str
    any_touch: str
    account: str
    health: str
    health_now: str
    phase: str
    why: str
    trend: str
    trend_of: str
    owner: str
    acv: str
    last_event: str
    signals: str
    coverage: str
    coverage_hint: str
    no_score: str
    contract_ended: str
    nothing: str
    dimensions: str
    weight: str
    no_evidence: str
    journey: str
    goal: str
    do: str
    experience: str
    services: str
    blocks: str
    met: str
    nobody_goal: str
    expected_days: str
    held: str
    stalled: str
    evidence: str
    seen: str
    expected: str
    contacts: str
    attributes: str
    seats: str
    contact: str
    renewal: str
    commitment: str
    category: str
    time_zone: str
    touch: str
    opened: str
    open_signals: str
    no_signals: str
    made_from: str
    bands: Mapping[Band, str]
    kinds: Mapping[SignalKind, str]
    touches: Mapping[TouchModel, str]


WORDS: dict[Language, Words] = {
    "ja": Words(
        today="今日の対応",
        accounts="{} 件のうち要対応 {} 件",
        flagged="要対応",
        flagged_hint="兆候の重さ、契約額の順",
        by_currency="契約額は通貨ごとに並べています",
        flagged_first="要対応の順に戻す",
        search="名前・IDの先頭",
        anyone="担当者：全員",
        any_signal="兆候：すべて",
        any_touch="タッチ：すべて",
        account="顧客",
        health="ヘルス",
        health_now="現在のヘルススコア",
        phase="フェーズ",
        why="理由",
        trend="推移",
        trend_of="{}から{}までのヘルススコア",
        owner="担当",
        acv="年間契約額",
        last_event="最後の利用",
        signals="兆候",
        coverage="判断材料 {}",
        coverage_hint="モデルが見る材料のうち、この顧客にあるものの割合",
        no_score="判断するにはデータが足りません",
        contract_ended="契約は{}に終了しました",
        nothing="該当する顧客はありません。",
        dimensions="スコアの内訳",
        weight="重み {}",
        no_evidence="データなし",
        journey="ジャーニー",
        goal="ゴール",
        do="実行",
        experience="体験",
        services="提供サービス",
        blocks="未達",
        met="達成",
        nobody_goal="このフェーズにゴールはありません",
        expected_days="目安{}",
        held="{} から達成を維持（{}続くと次へ）",
        stalled="停滞",
        evidence="つまずきの根拠（{}日間・試行{}回）",
        seen="実際",
        expected="通常",
        contacts="問い合わせ",
        attributes="属性",
        seats="席数",
        contact="先方",
        renewal="更新日",
        commitment="コミットメント",
        category="カテゴリー",
        time_zone="タイムゾーン",
        touch="タッチ",
        opened="{} から",
        open_signals="出ている兆候",
        no_signals="出ている兆候はありません。",
        made_from="{} から {} までの事実（記録のある日 {} 日）を、モデル {} で計算しました。",
        bands=BANDS["ja"],
        kinds=KINDS["ja"],
        touches=TOUCHES["ja"],
    ),
    "en": Words(
        today="Today",
        accounts="{} accounts, {} flagged",
        flagged="flagged",
        flagged_hint="The gravest signal first, then the amount",
        by_currency="Amounts stand currency by currency",
        flagged_first="Back to the flagged first",
        search="Name or id begins with",
        anyone="Any owner",
        any_signal="Any signal",
        any_touch="Any touch",
        account="Account",
        health="Health",
        health_now="Health score now",
        phase="Phase",
        why="Why",
        trend="Trend",
        trend_of="Health score from {} to {}",
        owner="Owner",
        acv="ACV",
        last_event="Last use",
        signals="Signals",
        coverage="coverage {}",
        coverage_hint="The share of the model's evidence that this account has",
        no_score="Too little data to say",
        contract_ended="The contract ended on {}",
        nothing="No account fits.",
        dimensions="What the score is made of",
        weight="weight {}",
        no_evidence="no evidence",
        journey="Journey",
        goal="Goal",
        do="Do",
        experience="Experience",
        services="Services",
        blocks="not met",
        met="met",
        nobody_goal="This phase has no goal",
        expected_days="expected {}",
        held="held since {} (passes on after {})",
        stalled="stalled",
        evidence="Evidence of trouble ({} days, {} attempts)",
        seen="seen",
        expected="usual",
        contacts="Contacts",
        attributes="Attributes",
        seats="Seats",
        contact="Contact",
        renewal="Renewal",
        commitment="Commitment",
        category="Category",
        time_zone="Time zone",
        touch="Touch",
        opened="since {}",
        open_signals="Open signals",
        no_signals="No signal is open.",
        made_from="Worked out from the facts of {} to {} ({} days with facts) by the model {}.",
        bands=BANDS["en"],
        kinds=KINDS["en"],
        touches=TOUCHES["en"],
    ),
}
