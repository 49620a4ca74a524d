"""The words of the pages of proof in both languages: hit rates, effects, wear-out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from banso_alerts.api.proof.rule_shapes import RuleState
from banso_alerts.domain.proof.outcomes import Outcome
from banso_alerts.domain.proof.precision import TurnKind
from banso_alerts.domain.proof.rotation import Why
from banso_alerts.domain.proof.uplift import State
from banso_alerts.domain.proof.wear_out import Freshness
from banso_common.web.language import Language


@dataclass(frozen=True, slots=True)
class ProofWords:
    """One language. `{}` is filled by the templates."""

    rules_hint: str
    rule: str
    state: str
    rate: str
    unknown: str
    of: str
    interval: str
    floor: str
    floor_line: str
    pending: str
    open_: str
    since: str
    unheard: str
    shadow_until: str
    shadow_new: str
    below: str
    restore: str
    rule_states: Mapping[RuleState, str]
    turns: Mapping[TurnKind, str]
    proof_hint: str
    computed: str
    not_yet: str
    no_holdout: str
    told: str
    left_alone: str
    effect: str
    outcome: str
    by_amount: str
    never_early: str
    alone: str
    less_is_better: str
    segments: str
    outcomes: Mapping[Outcome, str]
    states: Mapping[State, str]
    unmeasured: str
    wear_out: str
    half_life: str
    half_open: str
    exposures: str
    left: str
    first_effect: str
    proposal: str
    own_wording: str
    wordings: str
    whys: Mapping[Why, str]
    freshness: Mapping[Freshness, str]
    fade_of: str


PROOF_WORDS: Mapping[Language, ProofWords] = {
    "ja": ProofWords(
        rules_hint="ルールはプレイと兆候の組です。人の判定と、その後14日間の出来事で当否を数えます。",
        rule="ルール",
        state="状態",
        rate="的中率",
        unknown="まだ分かりません",
        of="{} / {} 回",
        interval="95%区間 {}〜{}%",
        floor="下限 {}%",
        floor_line="縦線は下限。区間全体が左に来たルールは自ら黙ります。",
        pending="判定待ち {}",
        open_="どちらとも言えない {}",
        since="{} から",
        unheard="まだ一度も出ていないルール",
        shadow_until="{} まで試行中：判定だけして送りません",
        shadow_new="試行：最初の14日は判定だけして送りません",
        below="{}。下限の {}% を明らかに下回っています",
        restore="すぐに再開する",
        rule_states={
            RuleState.SPEAKING: "通知する",
            RuleState.SHADOW: "試行中",
            RuleState.DEMOTED: "まとめのみ",
        },
        turns={
            TurnKind.DEMOTED: "まとめに降格",
            TurnKind.RECOVERED: "自動で復帰",
            TurnKind.RESTORED: "人が再開",
        },
        proof_hint="知らせた顧客と、比較のため知らせなかった顧客の差です。区間はいつ見ても成り立ちます（95%）。"
        "「効いている」「逆効果」は全プレイ・全結果を合わせて誤りが5%以下のものだけです。",
        computed="{} に集計",
        not_yet="まだ集計していません。",
        no_holdout="比較する群がありません。BANSO_HOLDOUT_SHARE を 0.1 などにすると測り始めます。",
        told="知らせた {}",
        left_alone="知らせなかった {}",
        effect="差",
        outcome="結果",
        by_amount="金額で",
        never_early="両群に20社ずつ集まるまで何も言いません",
        alone="これだけを見れば：{}",
        less_is_better="少ないほど良い",
        segments="区分ごと",
        outcomes={
            Outcome.RECOVERED: "回復（28日）",
            Outcome.CONTACTED: "連絡あり（28日）",
            Outcome.CHURNED: "解約（90日）",
            Outcome.REVENUE: "契約額の残り（90日）",
        },
        states={
            State.CANNOT_SAY: "まだ決まらない",
            State.HELPS: "効いている",
            State.HURTS: "逆効果",
            State.NO_DIFFERENCE: "差なし",
        },
        unmeasured="まだ測れていないプレイ",
        wear_out="枯れ",
        half_life="半減期 {} 日（95%区間 {}〜{} 日）",
        half_open="半減期 {} 日（95%区間 {} 日以上）",
        exposures="回数では半減期 {} 回",
        left="最初の効果の {} が残っています",
        first_effect="最初の効果 {} ポイント",
        proposal="次の文面の提案：{}",
        own_wording="元の文面",
        wordings="文面ごと（90日）",
        whys={Why.BEST: "今のところ最も効果がある", Why.TRIED_LEAST: "最も試していない"},
        freshness={
            Freshness.CANNOT_SAY: "まだ分からない",
            Freshness.FRESH: "新鮮",
            Freshness.FADING: "薄れている",
            Freshness.WORN: "枯れた",
        },
        fade_of="最初に使った日からの日数ごとの効果（0〜{}日）",
    ),
    "en": ProofWords(
        rules_hint="A rule is a play on a kind of signal; people and the 14 days after it say whether it was right.",
        rule="Rule",
        state="State",
        rate="Hit rate",
        unknown="not known yet",
        of="{} of {}",
        interval="95 % between {} and {} %",
        floor="floor {} %",
        floor_line="The line is the floor. A rule whose whole interval is left of it falls silent by itself.",
        pending="{} pending",
        open_="{} nobody can say",
        since="since {}",
        unheard="Rules that have not spoken yet",
        shadow_until="on trial until {}: judged, and not sent",
        shadow_new="on trial for its first days: judged, and not sent",
        below="{}: surely below the floor of {} %",
        restore="Let it speak again",
        rule_states={
            RuleState.SPEAKING: "speaks",
            RuleState.SHADOW: "on trial",
            RuleState.DEMOTED: "digest only",
        },
        turns={
            TurnKind.DEMOTED: "fell silent",
            TurnKind.RECOVERED: "came back by itself",
            TurnKind.RESTORED: "restored by a person",
        },
        proof_hint="Accounts told against accounts left alone. The intervals hold however often they are read (95 %). "
        "Of what is said to help or to hurt, among all plays and outcomes, at most 5 % is false.",
        computed="measured {}",
        not_yet="Nothing was measured yet.",
        no_holdout="Nobody is left alone, so nothing can be compared. Set BANSO_HOLDOUT_SHARE, say to 0.1.",
        told="told {}",
        left_alone="left alone {}",
        effect="Effect",
        outcome="Outcome",
        by_amount="by amount",
        never_early="nothing is said before each side has 20 accounts",
        alone="taken by itself: {}",
        less_is_better="less is better",
        segments="By segment",
        outcomes={
            Outcome.RECOVERED: "recovered, 28 days",
            Outcome.CONTACTED: "wrote, 28 days",
            Outcome.CHURNED: "left, 90 days",
            Outcome.REVENUE: "contract value kept, 90 days",
        },
        states={
            State.CANNOT_SAY: "no winner yet",
            State.HELPS: "helps",
            State.HURTS: "hurts",
            State.NO_DIFFERENCE: "no difference",
        },
        unmeasured="Not measured yet",
        wear_out="Wear-out",
        half_life="half-life {} days (95 % between {} and {})",
        half_open="half-life {} days (95 % from {} on)",
        exposures="by number of times: half-life {}",
        left="{} of the first effect is left",
        first_effect="first effect {} points",
        proposal="Wording proposed next: {}",
        own_wording="its own wording",
        wordings="By wording, 90 days",
        whys={Why.BEST: "the best so far", Why.TRIED_LEAST: "tried least"},
        freshness={
            Freshness.CANNOT_SAY: "cannot say yet",
            Freshness.FRESH: "fresh",
            Freshness.FADING: "fading",
            Freshness.WORN: "worn",
        },
        fade_of="Effect by days since the play was first used (0 to {})",
    ),
}
