"""The message that says that a rule has demoted itself, and why."""

from __future__ import annotations

from banso_alerts.domain.proof.notices import Notice
from banso_alerts.domain.proof.precision import Floor
from banso_alerts.render.message import Message, Section
from banso_alerts.render.track_words import rate_of
from banso_alerts.render.words import HEADINGS
from banso_common.contracts.account_signal import Severity

TITLES = {
    "ja": "「{play}」のお知らせを控えます（{kind}）",
    "en": "The play {play} has fallen silent ({kind})",
}
WHY = {
    "ja": "{rate}。下限の{floor} %を明らかに下回っています",
    "en": "{rate}: surely below the floor of {floor} %",
}
DO = {
    "ja": [
        "以後の該当分はダイジェストにだけ載り、当否の判定は続きます。明らかに上回れば自動で戻ります",
        "すぐに戻す：POST /v1/rules/{play}/restore",
    ],
    "en": [
        "What it finds now goes to the digest only and is judged on; it comes back when it is surely above the floor",
        "To let it speak at once: POST /v1/rules/{play}/restore",
    ],
}


def compose_notice(notice: Notice, floor: Floor, locale: str) -> Message:
    """The notice in the team's language."""
    play, kind = notice.rule
    words = HEADINGS[locale]
    why = WHY[locale].format(rate=rate_of(notice.turn.track, locale), floor=round(floor.share * 100))
    return Message(
        outreach_id=notice.id,
        locale=locale,
        severity=Severity.INFO,
        title=TITLES[locale].format(play=play, kind=kind.value),
        sections=[
            Section(words.why, [why]),
            Section(words.do, [line.format(play=play) for line in DO[locale]]),
        ],
    )
