"""Why a score changed, as the console tells it: the largest parts in one sentence, and the whole receipt as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.web.frame import account_address
from banso_common.web.language import Language, pick
from banso_scoring.api.detail_shapes import AccountDetail, HistoryDay
from banso_scoring.api.explain.explain import explanation
from banso_scoring.api.explain.explain_shapes import Explanation, ScorePart
from banso_scoring.console.chart import Chart
from banso_scoring.domain.receipt.receipts import Status
from banso_scoring.member import Member

TOLD_MAX = 3
"""Parts in the sentence."""
TOLD_SHARE = 0.1
"""A part under this share of the largest is left to the receipt."""
SINCE_DAYS = 7


@dataclass(frozen=True, slots=True)
class Row:
    """One part, or one of its lines, with the width of its bar (0 to 1, of the largest part)."""

    label: str
    points: str
    bar: float
    rises: bool
    lines: list[Row]


@dataclass(frozen=True, slots=True)
class Change:
    """What the block and the page of a receipt show."""

    told: Explanation
    title: str
    sentence: str
    rows: list[Row]
    total: str
    notes: list[str]
    address: str
    """The page of the whole receipt."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A step of the course, which leads to its receipt."""

    x: float
    y: float
    address: str
    title: str


async def recently(tx: AsyncConnection, member: Member, detail: AccountDetail) -> Explanation | None:
    """The receipt of the last `SINCE_DAYS` days."""
    since = date.fromordinal(date.fromisoformat(detail.day).toordinal() - SINCE_DAYS)
    return await explanation(tx, member, detail.summary.account, (since.isoformat(), None))


def change_of(told: Explanation, language: Language) -> Change:
    """The receipt in a reader's language."""
    ja = language == "ja"
    largest = max((abs(part.micro) for part in told.parts), default=1) or 1
    title = f"{told.before.day} → {told.after.day}"
    total = "" if told.change_micro is None else points(told.change_micro)
    rows = [_row(part, largest, language) for part in told.parts]
    notes = _notes(told, ja)
    span = (told.before.day, told.after.day)
    return Change(told, title, sentence(told, language), rows, total, notes, address_of(told.account, span))


def sentence(told: Explanation, language: Language) -> str:
    """What there is to say in a line: from what to what, and the two or three largest parts."""
    ja = language == "ja"
    then, now = _score(told.before.score), _score(told.after.score)
    if told.status is Status.NO_SCORE:
        return "どちらの時点でも判断材料が足りません。" if ja else "There was too little to say at either time."
    if told.status is Status.NO_SCORE_NOW:
        return (
            f"{then} から、判断材料が足りなくなりました。" if ja else f"It was {then}; now there is too little to say."
        )
    if told.change_micro == 0 and not told.parts:
        return f"{now} のまま変わっていません。" if ja else f"It is still {now}."
    said = "、" if ja else "; "
    listed = said.join(f"{pick(part.label, language)} {points(part.micro)}" for part in _loudest(told.parts))
    if told.status is Status.NEW_SCORE:
        return f"新しいスコアです（{now}）。{listed}" if ja else f"The score is new ({now}): {listed}"
    return f"{then} → {now}：{listed}" if ja else f"{then} → {now}: {listed}"


def address_of(account: str, span: tuple[str, str]) -> str:
    """The page of the receipt from one day to another."""
    return f"{account_address(account)}/explain?{urlencode({'from': span[0], 'to': span[1]})}"


def dots(account: str, history: Sequence[HistoryDay], chart: Chart, first_day: str, today: str) -> list[Dot]:
    """The steps of the course that begin within the chart, each leading to what made it."""
    first, last = date.fromisoformat(first_day).toordinal(), date.fromisoformat(today).toordinal()
    found = []
    for before, after in pairwise(history):
        day = date.fromisoformat(after.day).toordinal()
        if after.score is not None and first < day <= last:
            x = round(chart.width * (day - first) / (last - first), 1)
            then = "–" if before.score is None else f"{before.score:g}"
            title = f"{after.day}: {then} → {after.score:g}"
            found.append(Dot(x, chart.y(after.score), address_of(account, (before.day, after.day)), title))
    return found


def points(micro: int) -> str:
    """Points with their sign and one decimal, or two where one would show nothing."""
    digits = 1 if abs(micro) >= 50_000 or micro == 0 else 2
    return f"{micro / 1_000_000:+.{digits}f}".replace("-", "−")


def _loudest(parts: Sequence[ScorePart]) -> list[ScorePart]:
    largest = max((abs(part.micro) for part in parts), default=0)
    return [part for part in parts if abs(part.micro) >= TOLD_SHARE * largest][:TOLD_MAX]


def _row(part: ScorePart, largest: int, language: Language) -> Row:
    lines = [
        Row(pick(line.label, language), points(line.micro), abs(line.micro) / largest, line.micro > 0, [])
        for line in part.lines
    ]
    return Row(pick(part.label, language), points(part.micro), abs(part.micro) / largest, part.micro > 0, lines)


def _notes(told: Explanation, ja: bool) -> list[str]:
    """What the reader has to know of how far the receipt reaches."""
    notes = []
    if not (told.before.model_kept and told.after.model_kept):
        said = "当時のモデルは残っていないため、今のモデルで計算しています。"
        notes.append(said if ja else "The model of that time is gone: the facts are read by the one that runs now.")
    elif not (told.before.cohort_kept and told.after.cohort_kept):
        said = "当時の全体の標準は残っていないため、今の標準で計算しています。"
        notes.append(said if ja else "What was usual then is no longer kept: what is usual now was taken.")
    if told.lost_evidence:
        listed = "、".join(told.lost_evidence) if ja else ", ".join(told.lost_evidence)
        notes.append(f"根拠がなくなった指標：{listed}" if ja else f"Metrics that lost their evidence: {listed}")
    return notes


def _score(score: float | None) -> str:
    return "–" if score is None else f"{score:.1f}"
