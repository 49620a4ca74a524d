"""How each part of a receipt is called, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from banso_scoring.domain.receipt.apportion import TROUBLE
from banso_scoring.domain.receipt.receipts import Part
from banso_scoring.domain.receipt.what_if import Kind
from banso_scoring.domain.success_model import SuccessModel

PLAIN: Mapping[Kind, tuple[str, str]] = {
    Kind.COHORT: ("全体の標準の変化", "what is usual among all accounts"),
    Kind.ATTRIBUTES: ("属性（席数・更新日など）の変更", "attributes, as seats or renewal"),
    Kind.OBJECTIVES: ("成功計画の目標と進捗", "the success plan's objectives and progress"),
    Kind.PLACE: ("フェーズやセルの移動", "a move to another phase or cell"),
    Kind.TROUBLE: ("つまずきの経過（相談・解決・沈黙）", "the course of trouble: spoken of, resolved, or never a word"),
    Kind.MODEL: ("モデルの変更", "a change of the success model"),
    Kind.NOT_KEPT: ("当時の記録が残っておらず、計算し直せない分", "what cannot be worked out again from what is kept"),
    Kind.CEILING: ("目標の達成状況による上限", "the ceiling that objectives put on the score"),
}
UNNAMED_LINE = {"ja": "指標によらない分", "en": "not by a metric"}


def label_of(model: SuccessModel, part: Part, days: int) -> dict[str, str]:
    """A part in words; `days` is how long the time between the two moments is."""
    if part.kind is Kind.TIME:
        return {"ja": f"時間の経過（{days}日）", "en": f"the passing of {days} day{'s' if days != 1 else ''}"}
    if part.kind is Kind.DIMENSION:
        labels = {one.name: one.labels for one in model.dimensions}
        return dict(labels.get(part.name, {"ja": part.name, "en": part.name}))
    if part.news is None:
        ja, en = PLAIN[part.kind]
        return {"ja": ja, "en": en}
    count, late = part.news.events, part.news.late
    events = f"{count:,} event{'s' if count != 1 else ''}"
    if part.kind is Kind.OTHER_FACTS:
        return {"ja": f"その他の出来事 {count:,}件", "en": f"other facts: {events}"}
    return {
        "ja": f"「{part.name}」{count:,}件" + (f"（うち{late:,}件は遅れて判明）" if late else ""),
        "en": f"{part.name}: {events}" + (f", {late:,} of them late" if late else ""),
    }


def metric_label(model: SuccessModel, dimension: str, name: str) -> dict[str, str]:
    """A metric in words; the name itself when the model has no such metric any more."""
    if not name:
        return UNNAMED_LINE
    if not dimension and name == TROUBLE[1]:
        ja, en = PLAIN[Kind.TROUBLE]
        return {"ja": ja, "en": en}
    labels = {one.name: one.labels for one in model.metrics}
    return dict(labels.get(name, {"ja": name, "en": name}))
