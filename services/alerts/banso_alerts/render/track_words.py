"""How often a rule was right, in words for its own messages."""

from __future__ import annotations

from banso_alerts.domain.proof.precision import Track

JUDGED_SHOWN_MIN = 5
WORDS = {
    "ja": "このお知らせは、これまで{judged}回のうち{right}回当たっています（的中率{lower}〜{upper} %、95 %区間）",
    "en": "This rule was right {right} of {judged} times ({lower}-{upper} %, 95 % interval)",
}


def track_line(track: Track | None, locale: str) -> str:
    """One line in the language of `locale`; empty while too little is known to say."""
    return "" if track is None or track.judged < JUDGED_SHOWN_MIN else rate_of(track, locale)


def rate_of(track: Track, locale: str) -> str:
    """A rule's record as a sentence without its full stop."""
    lower, upper = (round(bound * 100) for bound in track.bounds)
    return WORDS[locale].format(judged=track.judged, right=track.right, lower=lower, upper=upper)
