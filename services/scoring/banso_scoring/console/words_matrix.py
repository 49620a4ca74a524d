"""The words of the matrix in both languages: its page, and an account's card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from banso_common.web.language import Language
from banso_scoring.domain.matrix.touch import TouchReason


@dataclass(frozen=True, slots=True)
class MatrixWords:
    """One language. `{}` is filled by the templates."""

    matrix: str
    cell: str
    any_cell: str
    since: str
    accounts: str
    churned: str
    health: str
    flagged: str
    hours: str
    hours_needed: str
    hours_there: str
    csms: str
    unowned: str
    over: str
    owner: str
    unplaced: str
    plays: str
    emphasis: str
    default: str
    because: str
    unknown: str
    waiting: str
    moves: str
    moved: str
    care: str
    wanted: str
    cost: str
    own: str
    reasons: Mapping[TouchReason, str]


MATRIX_WORDS: dict[Language, MatrixWords] = {
    "ja": MatrixWords(
        matrix="マトリクス",
        cell="セル",
        any_cell="セル：すべて",
        since="{} から",
        accounts="{} 件",
        churned="解約 {} 件",
        health="ヘルス平均",
        flagged="要対応 {} 件",
        hours="月 {} 時間",
        hours_needed="必要な時間（月）",
        hours_there="ある時間（月）",
        csms="担当 {} 人・1人 月{} 時間",
        unowned="担当のいない顧客に {} 時間",
        over="時間が足りない担当",
        owner="担当",
        unplaced="まだ置かれていない顧客：{} 件",
        plays="打ち手",
        emphasis="重視",
        default="どの条件にも当てはまらない（既定）",
        because="理由",
        unknown="不明",
        waiting="{} から「{}」の条件を満たしています（{}続くと移動）",
        moves="セルの移動",
        moved="{}：{} → {}",
        care="タッチ：{}（月 {} 時間）",
        wanted="必要なタッチは{}",
        cost="年間費用 {}／上限 {}",
        own="独自の属性",
        reasons={
            TouchReason.CELL: "セルで決定",
            TouchReason.VALUE: "年間契約額で決定",
            TouchReason.COST: "費用が契約額に見合わないため引き下げ",
            TouchReason.DEFAULT: "既定",
        },
    ),
    "en": MatrixWords(
        matrix="Matrix",
        cell="cell",
        any_cell="Cell: any",
        since="since {}",
        accounts="accounts: {}",
        churned="churned: {}",
        health="mean health",
        flagged="flagged: {}",
        hours="{} hours a month",
        hours_needed="hours needed a month",
        hours_there="hours there are",
        csms="{} managers, {} hours each",
        unowned="{} hours for accounts that nobody owns",
        over="Managers without the hours",
        owner="owner",
        unplaced="Accounts that are not placed yet: {}",
        plays="plays",
        emphasis="emphasis",
        default="no condition is true: the default",
        because="because",
        unknown="not known",
        waiting="meets “{1}” since {0} (moves after {2})",
        moves="Moves between cells",
        moved="{}: {} → {}",
        care="{}, {} hours a month",
        wanted="{} is needed",
        cost="{} a year, at most {}",
        own="Own attributes",
        reasons={
            TouchReason.CELL: "by its cell",
            TouchReason.VALUE: "by its contract value",
            TouchReason.COST: "lowered: it would cost more than its share of the contract value",
            TouchReason.DEFAULT: "by default",
        },
    ),
}
