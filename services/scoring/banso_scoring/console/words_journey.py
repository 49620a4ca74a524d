"""The words of the journey's pages in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from banso_common.web.language import Language
from banso_scoring.domain.journey.estimate import Unsaid
from banso_scoring.domain.journey.goal_curve import Reading
from banso_scoring.domain.journey.phase_history import Moved


@dataclass(frozen=True, slots=True)
class JourneyWords:
    """One language. `{}` is filled by the templates."""

    accounts: str
    now: str
    all_cells: str
    export: str
    dwell: str
    met_by: str
    whole_goal: str
    days_in: str
    expected: str
    stalled: str
    barred: str
    passed: str
    fell_back: str
    took_days: str
    recent: str
    calibrate: str
    calibrate_lead: str
    calibrate_back: str
    no_curve: str
    passing: str
    left: str
    of_passed: str
    of_kept: str
    difference: str
    threshold: str
    days: str
    health: str
    own: str
    best: str
    read: str
    no_ends: str
    past: str
    term: str
    entered: str
    left_by: Mapping[Moved, str]
    here: str
    passes_in: str
    cannot_say: Mapping[Unsaid, str]
    readings: Mapping[Reading, str]


JOURNEY_WORDS: dict[Language, JourneyWords] = {
    "ja": JourneyWords(
        accounts="{} 件",
        now="いま",
        all_cells="すべてのセル",
        export="書き出し",
        dwell="{}続けて満たすと次のフェーズへ",
        met_by="{} が達成",
        whole_goal="ゴール全体を達成",
        days_in="滞在 {}（中央値）",
        expected="目安 {}",
        stalled="停滞",
        barred="足止め",
        passed="通過",
        fell_back="後戻り",
        took_days="通過まで {}（中央値）",
        recent="直近28日",
        calibrate="ゴールを過去の顧客で確かめる",
        calibrate_lead="{} から {} までにこのフェーズへ入った {} 件。入って {} 後にまだ契約中の顧客を、通過した群と"
        "残った群に分け、その後 {} を比べます。範囲は95%区間です。因果の証明ではありません。",
        calibrate_back="ジャーニーへ戻る",
        no_curve="比べられる過去がまだありません。",
        passing="通過した割合",
        left="解約した割合",
        of_passed="通過した顧客",
        of_kept="残った顧客",
        difference="解約の差（残った − 通過した）",
        threshold="しきい値",
        days="通過までの日数",
        health="ヘルスの差",
        own="いまのゴール",
        best="差がもっとも確か",
        read="低すぎるゴールは左に（誰でも通る）、高すぎるゴールは右に（誰も通らない）現れます。",
        no_ends="モデルに契約終了のイベント（roles.ended）がないため、解約は数えられません。",
        past="これまでのフェーズ",
        term="第{}期",
        entered="入った日",
        left_by={Moved.PASSED: "ゴール達成", Moved.RENEWED: "更新", Moved.FELL_BACK: "後戻り"},
        here="現在",
        passes_in="このままなら約{}後に通過（{}〜{}）",
        cannot_say={
            Unsaid.NO_GOAL: "このフェーズにゴールがないため、通過の見込みはありません",
            Unsaid.NO_EVIDENCE: "データがないため、通過の見込みは言えません",
            Unsaid.TOO_LITTLE_DATA: "まだ日が浅く、通過の見込みは言えません",
            Unsaid.MOVING_AWAY: "ゴールから遠ざかっているため、通過の見込みは言えません",
            Unsaid.NOT_MOVING: "動きがはっきりしないため、通過の見込みは言えません",
            Unsaid.TOO_FAR: "この速さでは1年以内に通過しません",
            Unsaid.BARRED: "ゴールは達成していますが、次のフェーズから後戻りする条件に当たるため足止めされています",
        },
        readings={
            Reading.TOO_LOW: "低すぎる",
            Reading.TOO_HIGH: "高すぎる",
            Reading.TOO_FEW: "件数不足",
            Reading.TELLS: "差がある",
            Reading.TELLS_NOTHING: "差が言えない",
        },
    ),
    "en": JourneyWords(
        accounts="{} accounts",
        now="Now",
        all_cells="All cells",
        export="Export",
        dwell="passes on after {}",
        met_by="{} meet it",
        whole_goal="meet the whole goal",
        days_in="{} in it (median)",
        expected="expected {}",
        stalled="stalled",
        barred="barred",
        passed="passed",
        fell_back="fell back",
        took_days="took {} (median)",
        recent="last 28 days",
        calibrate="Hold the goal against the past",
        calibrate_lead="From {} to {}, {} accounts entered this phase. Those still there {} later are told apart "
        "by whether they had passed; what came in the next {} is compared. Ranges are 95 % intervals, and no proof "
        "of cause.",
        calibrate_back="Back to the journey",
        no_curve="There is no past to compare yet.",
        passing="Share that passes",
        left="Share that left",
        of_passed="of those that passed",
        of_kept="of the kept",
        difference="Less churn (kept − passed)",
        threshold="Threshold",
        days="Days to pass",
        health="Health",
        own="the goal now",
        best="surest difference",
        read="A goal that is too low is on the left (everybody passes), one that is too high on the right (nobody).",
        no_ends="The model names no event that ends a contract (roles.ended), so nobody is seen to leave.",
        past="Phases so far",
        term="term {}",
        entered="entered",
        left_by={Moved.PASSED: "goal reached", Moved.RENEWED: "renewed", Moved.FELL_BACK: "fell back"},
        here="now",
        passes_in="passes in about {} at this pace ({} to {})",
        cannot_say={
            Unsaid.NO_GOAL: "no goal, so nothing to pass",
            Unsaid.NO_EVIDENCE: "cannot say when it passes: no evidence",
            Unsaid.TOO_LITTLE_DATA: "cannot say when it passes: too little data yet",
            Unsaid.MOVING_AWAY: "cannot say when it passes: it moves away from the goal",
            Unsaid.NOT_MOVING: "cannot say when it passes: no clear movement",
            Unsaid.TOO_FAR: "at this pace it does not pass within a year",
            Unsaid.BARRED: "the goal is met, but it would fall back from the next phase at once",
        },
        readings={
            Reading.TOO_LOW: "too low",
            Reading.TOO_HIGH: "too high",
            Reading.TOO_FEW: "too few",
            Reading.TELLS: "tells",
            Reading.TELLS_NOTHING: "tells nothing",
        },
    ),
}
