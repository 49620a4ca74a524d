"""The words of shared and of unheard trouble in both languages: incidents, and the iceberg."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from banso_common.web.language import Language


@dataclass(frozen=True, slots=True)
class TroubleWords:
    """One language. `{}` is filled by the templates."""

    incidents: str
    incidents_hint: str
    no_incident: str
    trouble: str
    feature: str
    version: str
    also: str
    since: str
    accounts: str
    silent: str
    usually: str
    amount: str
    state: str
    states: Mapping[str, str]
    ended: Mapping[str, str]
    closed: str
    account: str
    owner: str
    seen: str
    wrote: str
    said_nothing: str
    not_known: str
    told_within: str
    first: str
    last: str
    left_out: str
    for_a_note: str
    nobody_silent: str
    unknown_hint: str
    iceberg: str
    iceberg_hint: str
    heard: str
    unheard: str
    between: str
    of_no_kind: str
    all_kinds: str
    rest: str
    more_signatures: str
    kind: str
    unpriced: str
    too_little: str
    contact_unknown: str
    interval_hint: str
    as_of: str
    not_yet: str
    waterline: str


TROUBLE_WORDS: dict[Language, TroubleWords] = {
    "ja": TroubleWords(
        incidents="インシデント",
        incidents_hint="複数のお客様で同時に起きている同じ不具合です。製品側に一度だけお知らせし、個別のお知らせに代えます。",
        no_incident="今のところ、複数のお客様に共通する不具合はありません。",
        trouble="不具合",
        feature="機能",
        version="バージョン",
        also="同じ原因と見られる不具合",
        since="開始日",
        accounts="社数",
        silent="声なし",
        usually="通常の社数",
        amount="契約額（年額）",
        state="状態",
        states={"open": "発生中", "over": "終了"},
        ended={"as-rare-as-before": "元の少なさに戻った", "usual-by-now": "常態化（直っていない）"},
        closed="終了日",
        account="お客様",
        owner="担当",
        seen="回数",
        wrote="連絡あり",
        said_nothing="連絡なし",
        not_known="不明",
        told_within="個別にはお知らせしません",
        first="最初",
        last="最後",
        left_out="ほか {} 社",
        for_a_note="一度も連絡のなかったお客様です。直したことを一言お伝えください。",
        nobody_silent="全社から連絡が来ています。",
        unknown_hint="問い合わせの情報源がつながっていないため、連絡の有無は分かりません。",
        iceberg="氷山",
        iceberg_hint="声になった困りごとと、声になっていない困りごとの推定です。社数と契約額を必ず並べて示します。",
        heard="声になった",
        unheard="声になっていない（推定）",
        between="90%区間 {}〜{}",
        of_no_kind="種類を特定できない",
        all_kinds="すべて",
        rest="そのほか",
        more_signatures="ほか {} 種類",
        kind="困りごとの種類",
        unpriced="金額不明 {} 社",
        too_little="データ不足のため含まない：{} 社",
        contact_unknown="連絡の有無が分からないため含まない（困っている見込み）：{} 社",
        interval_hint="各社が困っている確率の合計です。区間はその確率が正しいとした場合のもので、確率自体の誤差は含みません。",
        as_of="{} 時点",
        not_yet="まだ集計していません。数分お待ちください。",
        waterline="水面",
    ),
    "en": TroubleWords(
        incidents="Incidents",
        incidents_hint="The same trouble in several accounts. The product side hears of it once, "
        "in place of one message for each account.",
        no_incident="No trouble is shared by several accounts now.",
        trouble="Trouble",
        feature="Feature",
        version="Version",
        also="With the same cause",
        since="Since",
        accounts="Accounts",
        silent="Said nothing",
        usually="Usually",
        amount="Contracts a year",
        state="State",
        states={"open": "open", "over": "over"},
        ended={"as-rare-as-before": "as rare as before", "usual-by-now": "usual by now, not fixed"},
        closed="Over on",
        account="Account",
        owner="Owner",
        seen="Times",
        wrote="wrote",
        said_nothing="said nothing",
        not_known="not known",
        told_within="not told of by itself",
        first="First",
        last="Last",
        left_out="and {} more",
        for_a_note="These accounts never complained. A note that it is fixed shows them that you saw it.",
        nobody_silent="Everybody has written.",
        unknown_hint="No live source of contacts is connected, so nobody knows who wrote.",
        iceberg="Iceberg",
        iceberg_hint="Trouble that you hear of, and an estimate of the trouble that you do not. Accounts and amounts "
        "always stand together.",
        heard="Heard",
        unheard="Unheard (estimate)",
        between="90 % between {} and {}",
        of_no_kind="of no one kind",
        all_kinds="All",
        rest="others",
        more_signatures="{} more",
        kind="Kind of trouble",
        unpriced="{} without an amount",
        too_little="Not in it, too little data: {} accounts",
        contact_unknown="Not in it, contact unknown (expected in trouble): {} accounts",
        interval_hint="The chances of the accounts to be in trouble, added up. The interval holds if each chance is "
        "right; that a chance itself is wrong is not in it.",
        as_of="As of {}",
        not_yet="Not added up yet; look again in some minutes.",
        waterline="waterline",
    ),
}
