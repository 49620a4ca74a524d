"""The frame of alerts' pages, what they stand on, and how their templates write instants and subjects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from fastapi import Request, Response

from banso_alerts.api.proof.routes import ProofRoom
from banso_alerts.console.words import WORDS
from banso_alerts.console.words_silences import SILENCE_WORDS
from banso_alerts.domain.hours import zone_of
from banso_alerts.domain.planning import UTC_ZONE
from banso_alerts.domain.plays import DIGEST, GROUP
from banso_alerts.render.compose import link_to
from banso_alerts.render.words import ACTS
from banso_alerts.store.overview import Show
from banso_common.clock import SECOND_MS
from banso_common.contracts.account_signal import SUBJECT_PREFIX, SignalKind
from banso_common.contracts.words import KINDS, SEVERITIES, TOUCHES
from banso_common.http.keys import Principal, Scope
from banso_common.web.door import page_of, reader_of
from banso_common.web.forms import token_of
from banso_common.web.frame import Frame
from banso_common.web.language import Language, language_of
from banso_common.web.numbers import moment

UNLINKED = (f"{SUBJECT_PREFIX}{DIGEST}", f"{SUBJECT_PREFIX}{GROUP}", f"{SUBJECT_PREFIX}rule/")


def subject_address(account: str) -> str | None:
    """The page of what an outreach is about: an account, an incident, the feeds; None for what has no page."""
    return None if account.startswith(UNLINKED) else link_to(account, "/")


def _spoken(language: Language) -> Mapping[str, Any]:
    return {
        "t": WORDS[language],
        "kinds": KINDS[language],
        "severities": SEVERITIES[language],
        "touches_words": TOUCHES[language],
        "acts_words": ACTS[language],
        "silence_fields": SILENCE_WORDS[language].fields,
    }


FRAME = Frame(
    package="banso_alerts.console",
    style_file="outreach.css",
    style_at="/outreach/style",
    known={"Show": Show, "SignalKind": SignalKind, "subject_address": subject_address},
    spoken=_spoken,
)
Page = page_of(FRAME)
reader = reader_of(Scope.OUTREACH_READ)
Shower = Callable[[Request, str, Mapping[str, Any]], Response]


def _instant(said: int | str) -> int:
    """An instant of ours, or one as the API writes it."""
    return said if isinstance(said, int) else round(datetime.fromisoformat(said).timestamp() * SECOND_MS)


def shower(room: ProofRoom) -> Shower:
    """Shows a template with the company's own clock and the tokens of its forms."""
    zone = zone_of(room.desk.policy.directory.time_zone, UTC_ZONE)

    def show(request: Request, template: str, context: Mapping[str, Any]) -> Response:
        language, now = language_of(request), room.clock.now()
        principal: Principal | None = getattr(request.state, "principal", None)
        return FRAME.show(
            request,
            template,
            {
                "at": lambda instant: moment(_instant(instant), now, zone, language),
                "zone": zone.key,
                "tab": request.url.path,
                "token": lambda action: token_of(request, action),
                "may_write": principal is not None and principal.may(Scope.OUTREACH_WRITE),
                **context,
            },
        )

    return show
