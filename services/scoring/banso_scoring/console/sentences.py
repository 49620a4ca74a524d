"""Why an account stands where it stands, said in one or two sentences made from its numbers."""

from __future__ import annotations

from banso_common.contracts.account_signal import Band, SignalKind
from banso_common.web.language import Language, pick
from banso_common.web.numbers import about, days, percent
from banso_scoring.api.detail_shapes import AccountDetail, MetricValue
from banso_scoring.api.journey.journey_shapes import GoalCondition
from banso_scoring.domain.plan.objectives import PlanState

SENTENCES_MAX = 2
WEAKEST_MAX = 2
STRUGGLES = (SignalKind.SILENT_STRUGGLING, SignalKind.STRUGGLING)


def why(detail: AccountDetail, language: Language) -> list[str]:
    """At most two sentences: trouble and silence when they are told of, else the stall, else what is weakest."""
    kinds = {signal.kind for signal in detail.signals}
    said: list[str] = []
    if kinds & set(STRUGGLES):
        said.append(leading(pick(detail.evidence.sentence, language), language))
    elif SignalKind.HEALTH_CRITICAL in kinds:
        said += weakest_sentence(detail, language)
    if SignalKind.STALLED in kinds or (not said and detail.phase.stalled):
        said += stall_sentence(detail, language)
    said += plan_sentence(detail, language)
    if not said and detail.summary.band is Band.UNKNOWN:
        share = percent(detail.summary.coverage)
        said.append(
            f"判断材料がまだ{share}しかありません" if language == "ja" else f"Only {share} of the evidence so far"
        )
    if not said:
        said += weakest_sentence(detail, language)
        said += [leading(pick(detail.evidence.sentence, language), language)] if _is_loud(detail) else []
    return said[:SENTENCES_MAX]


def leading(text: str, language: Language) -> str:
    """The first sentence of what the evidence says: the loudest."""
    end = "。" if language == "ja" else ". "
    first, stop, _ = text.partition(end)
    return first + stop.strip()


def plan_sentence(detail: AccountDetail, language: Language) -> list[str]:
    """How far the success plan is behind, where that is what the score is."""
    plan = detail.plan
    if not plan.is_capping or plan.state is not PlanState.BEHIND or plan.attainment is None or plan.elapsed is None:
        return []
    attained, elapsed = percent(plan.attainment), percent(plan.elapsed)
    if language == "ja":
        return [f"サクセスプランの達成は{attained}（期間の{elapsed}が経過）"]
    return [f"Success plan {attained} attained after {elapsed} of the time"]


def _is_loud(detail: AccountDetail) -> bool:
    return any(one.log_evidence > 0 and one.seen > one.expected for one in detail.evidence.channels)


def stall_sentence(detail: AccountDetail, language: Language) -> list[str]:
    """How long it has been in its phase, and what it is furthest from reaching."""
    phase = detail.phase
    label, missing = pick(phase.label, language), [one for one in phase.goal if not one.met]
    missing = sorted(missing, key=lambda one: one.progress or 0.0)[:1]
    if phase.expected_days is None:
        return []
    blocked = "".join(condition_text(one, language) for one in missing)
    if language == "ja":
        spent = f"{label}に{days(phase.days, language)}（目安{days(phase.expected_days, language)}）"
        return [spent + (f"、未達：{blocked}" if blocked else "")]
    spent = f"{days(phase.days, language)} in {label}, expected {phase.expected_days}"
    return [spent + (f"; blocked by {blocked}" if blocked else "")]


def condition_text(condition: GoalCondition, language: Language) -> str:
    """A condition with its value and its target."""
    value = "–" if condition.value is None else about(condition.value)
    label, target = pick(condition.label, language), target_text(condition)
    return f"{label}は{value}（目標 {target}）" if language == "ja" else f"{label} at {value}, goal {target}"


def target_text(condition: GoalCondition) -> str:
    """The target of a condition."""
    least = None if condition.at_least is None else f"≥ {about(condition.at_least)}"
    most = None if condition.at_most is None else f"≤ {about(condition.at_most)}"
    return " ".join(part for part in (least, most) if part)


def weakest_sentence(detail: AccountDetail, language: Language) -> list[str]:
    """The metrics that keep the score down most."""
    scored = [one for one in detail.metrics if one.points is not None and one.points < 70]
    weakest = sorted(scored, key=lambda one: one.points or 0.0)[:WEAKEST_MAX]
    if not weakest:
        return []
    listed = "、".join(_metric_text(one, language) for one in weakest)
    if language == "ja":
        return [f"低い指標：{listed}"]
    return ["Weakest: " + ", ".join(_metric_text(one, language) for one in weakest)]


def _metric_text(metric: MetricValue, language: Language) -> str:
    label, value = pick(metric.label, language), about(metric.value or 0.0)
    return f"{label} {value}" if language == "ja" else f"{label} ({value})"
