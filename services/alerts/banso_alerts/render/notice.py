"""The messages that say that a rule has demoted itself, and that a play that fades has another wording; and why."""

from __future__ import annotations

from banso_alerts.domain.plays import OWN
from banso_alerts.domain.proof.notices import Notice
from banso_alerts.domain.proof.precision import Floor, Track
from banso_alerts.domain.proof.rotation import Proposal, Why
from banso_alerts.domain.proof.wear_out import WearOut
from banso_alerts.render.message import Message, Section
from banso_alerts.render.sinks import one_line
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


WORDING_TITLES = {
    "ja": "「{play}」の効果が薄れています：次の文面の提案「{variant}」",
    "en": "The play {play} is wearing out: the wording {variant} is proposed",
}
WORDING_LEFT = {
    "ja": "最初の効果の{left} %が残っています（半減期{half}日）",
    "en": "{left} % of its first effect is left (half-life {half} days)",
}
WORDING_WHY = {
    "ja": {Why.BEST: "この文面が今のところ最も効果があります", Why.TRIED_LEAST: "この文面は最も試されていません"},
    "en": {Why.BEST: "This wording is the best so far", Why.TRIED_LEAST: "This wording was tried least"},
}
WORDING_DO = {
    "ja": "使うには：プレイに wording: {variant} と書き、banso model switch FILE（または再起動）",
    "en": "To use it: write `wording: {variant}` in the play, then `banso model switch FILE` (or restart)",
}


def compose_notice(notice: Notice, track: Track, floor: Floor, locale: str) -> Message:
    """The notice of a rule with this record, in the team's language."""
    play, kind = notice.rule
    words = HEADINGS[locale]
    why = WHY[locale].format(rate=rate_of(track, locale), floor=round(floor.share * 100))
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


def compose_wording(notice: Notice, curve: WearOut, proposal: Proposal, locale: str) -> Message:
    """The notice of a wording that is proposed, in the team's language."""
    play, _ = notice.rule
    words, variant = HEADINGS[locale], one_line(proposal.variant or OWN)
    why = [WORDING_WHY[locale][proposal.why]]
    if curve.left is not None and curve.half_life is not None:
        left = WORDING_LEFT[locale].format(left=round(curve.left * 100), half=round(curve.half_life))
        why.insert(0, left)
    return Message(
        outreach_id=notice.id,
        locale=locale,
        severity=Severity.INFO,
        title=WORDING_TITLES[locale].format(play=play, variant=variant),
        sections=[Section(words.why, why), Section(words.do, [WORDING_DO[locale].format(variant=variant)])],
    )
