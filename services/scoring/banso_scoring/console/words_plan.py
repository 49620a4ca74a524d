"""The words of success plans and segments in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from banso_common.web.language import Language


@dataclass(frozen=True, slots=True)
class PlanWords:
    """One language. Texts with `{}` are filled in the templates."""

    plan: str
    any_plan: str
    states: Mapping[str, str]
    ceilings: Mapping[str, str]
    """By state: why health is not above the ceiling `{1}`, though the score alone is `{0}`."""
    on_track: str
    behind: str
    attained: str
    time: str
    agreed: str
    no_progress: str
    newest: str
    said_by_metric: str
    faults: Mapping[str, str]
    tasks: Mapping[str, str]
    to_do: str
    segments: str
    by: Mapping[str, str]
    segment: str
    accounts: str
    bands: str
    health: str
    median: str
    of_known: str
    coverage: str
    flagged: str
    newly: str
    left: str
    not_said: str
    no_pattern: str
    too_small: str
    left_out: str
    nobody: str
    pattern: str
    pattern_since: str
    follows: str


PLAN_WORDS: Mapping[Language, PlanWords] = {
    "ja": PlanWords(
        plan="サクセスプラン",
        any_plan="すべての目標",
        states={"none": "目標なし", "unmeasured": "進捗不明", "behind": "目標に遅れ", "on-track": "目標どおり"},
        ceilings={
            "none": "目標が合意されていないので、健康度は{1}まで（目標を除けば{0}）",
            "unmeasured": "目標の進捗がまだ分からないので、健康度は{1}まで（目標を除けば{0}）",
            "behind": "よく使われていても、目標に遅れているので健康度は{1}まで（目標を除けば{0}）",
        },
        on_track="順調",
        behind="遅れ",
        attained="達成 {}",
        time="期間の経過 {}",
        agreed="{} 合意 → {} 期限",
        no_progress="進捗の記録なし",
        newest="{}現在",
        said_by_metric="指標「{}」から",
        faults={
            "no-target": "目標値がありません",
            "no-baseline": "開始時の値がありません",
            "target-is-baseline": "目標値が開始時の値と同じです",
            "no-due-date": "期限がありません",
            "due-before-agreed": "期限が合意の日より前です",
            "not-yet": "合意の日はこれからです",
        },
        tasks={
            "agree-objective": "お客様と目標を合意する",
            "mend-objective": "目標を書き直す：{}",
            "say-progress": "進捗を確かめる：{}",
            "review-objective": "期限を迎えた目標を振り返り、次を決める：{}",
        },
        to_do="やること",
        segments="セグメント",
        by={"pattern": "成功パターン", "cell": "セル", "phase": "フェーズ", "touch": "タッチ", "commitment": "コミット",
            "category": "カテゴリー", "currency": "通貨", "locale": "言語", "time_zone": "時間帯",
            "owner_email": "担当者", "owner_name": "担当者名"},
        segment="セグメント",
        accounts="アカウント",
        bands="状態の割合",
        health="健康度の平均",
        median="中央値",
        of_known="{}件から",
        coverage="判断材料",
        flagged="要対応",
        newly="うち{}日以内",
        left="離脱（{}日）",
        not_said="（未設定）",
        no_pattern="（どのパターンでもない）",
        too_small="5件未満：傾向は読めません",
        left_out="ほかに小さなセグメントが{}あります",
        nobody="まだアカウントがありません",
        pattern="成功パターン",
        pattern_since="{}から",
        follows="当てはまる",
    ),
    "en": PlanWords(
        plan="Success plan",
        any_plan="Any plan",
        states={"none": "no objective", "unmeasured": "progress unknown", "behind": "behind", "on-track": "on track"},
        ceilings={
            "none": "No objective is agreed, so health is not above {1} (it would be {0})",
            "unmeasured": "Nothing is known of the objectives' progress, so health is not above {1} (it would be {0})",
            "behind": "Busy is not successful: the plan is behind, so health is not above {1} (it would be {0})",
        },
        on_track="on track",
        behind="behind",
        attained="{} attained",
        time="{} of the time",
        agreed="agreed {} → due {}",
        no_progress="no progress said yet",
        newest="as of {}",
        said_by_metric="from the metric {}",
        faults={
            "no-target": "has no target",
            "no-baseline": "has no baseline",
            "target-is-baseline": "its target is its baseline",
            "no-due-date": "has no due date",
            "due-before-agreed": "is due before it is agreed",
            "not-yet": "begins later",
        },
        tasks={
            "agree-objective": "Agree on an objective with the customer",
            "mend-objective": "Mend the objective {}",
            "say-progress": "Find out how far {} is",
            "review-objective": "{} was due: look back, and agree on what is next",
        },
        to_do="To do",
        segments="Segments",
        by={"pattern": "pattern", "cell": "cell", "phase": "phase", "touch": "touch", "commitment": "commitment",
            "category": "category", "currency": "currency", "locale": "language", "time_zone": "time zone",
            "owner_email": "owner", "owner_name": "owner's name"},
        segment="Segment",
        accounts="Accounts",
        bands="Bands",
        health="Mean health",
        median="Median",
        of_known="of {}",
        coverage="Coverage",
        flagged="Flagged",
        newly="{} days",
        left="Left, {} days",
        not_said="(not said)",
        no_pattern="(no pattern)",
        too_small="fewer than 5: nothing to read",
        left_out="{} smaller segments are not shown",
        nobody="No accounts yet",
        pattern="Success pattern",
        pattern_since="since {}",
        follows="fits",
    ),
}  # fmt: skip
