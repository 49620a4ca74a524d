"""Own words are filled in once, from a list of names; what a value holds is only ever said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from banso_alerts.domain.plays import Audience, OwnText
from banso_alerts.render.compose import compose
from banso_alerts.render.own_text import filled
from tests.alerts.made import candidate, play, signal

TEXT = OwnText("For {account_name}", ("{phase}, {score}",), ("Call {contact_name}", "{top_channel}"))


def test_placeholders_are_the_values_of_the_signal() -> None:
    own = replace(play(), template=None, text={"en": TEXT, "ja": TEXT}, variants={"b": {"en": TEXT, "ja": TEXT}})
    told = compose(candidate(signal(owner_locale="en"), own), None)
    assert told.title == "For Acme"
    assert told.sections[1].lines == ["operation, 34"]
    assert told.sections[3].lines == ["Call Tanaka", "Import failed"]


def test_a_name_that_looks_like_a_placeholder_is_said_as_it_is() -> None:
    values = {"account_name": "{score} {owner_name}", "score": "34"}
    assert filled(TEXT, values, "en").title == "For {score} {owner_name}"


def test_what_is_not_known_has_a_word_that_fits_whoever_reads() -> None:
    assert filled(TEXT, {}, "en").do == ("Call your contact", "—")
    assert filled(TEXT, {}, "ja").do[0] == "Call ご担当者"
    assert filled(TEXT, {"for_contact": True}, "en").do[0] == "Call customer"


def test_what_the_model_gives_in_the_phase_stands_in_the_briefing_of_high_touch_alone() -> None:
    given: dict[str, Any] = {"phase_services": {"en": "kick-off, training"}, "owner_locale": "en"}
    briefing = compose(candidate(signal(**given)), None).sections[3].lines
    assert briefing[-1] == "What we give in phase operation: kick-off, training"
    low = candidate(signal(**given))
    low = replace(low, recipient=replace(low.recipient, audience=Audience.TEAM))
    assert "kick-off" not in str(compose(low, None))
