"""Messages say who, what, why and what to do, in Japanese and in English, exactly as the golden files have it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from banso_alerts.domain.plays import Template
from banso_alerts.plays_file import default_plays
from banso_alerts.render.compose import compose
from banso_alerts.render.message import Message
from banso_alerts.render.written import as_text
from banso_common.contracts.account_signal import AccountSignal, Band, SignalKind, SignalState, TouchModel
from tests.alerts.made import candidate, channel, directory, evidence, of_feed, of_incident, signal

GOLDEN = Path(__file__).parent / "golden"
PLAYS = {each.template: each for each in reversed(default_plays(customers=True)) if each.template is not None}
LOCALES = ("ja", "en")
INCIDENTS = {Template.INCIDENT: SignalState.OPENED, Template.INCIDENT_OVER: SignalState.CLOSED}


def message(of: AccountSignal, template: Template = Template.SILENT_STRUGGLING) -> Message:
    return compose(candidate(of, PLAYS[template], directory()), "https://banso.example/")


def text(of: AccountSignal, template: Template = Template.SILENT_STRUGGLING) -> str:
    return as_text(message(of, template))


@pytest.mark.parametrize("template", Template)
@pytest.mark.parametrize("locale", LOCALES)
def test_every_message_reads_as_its_golden_file(template: Template, locale: str) -> None:
    detail: dict[str, str | int | float | None] = {"phase_days": 42, "last_event_days": 9}
    kind = min(PLAYS[template].kinds)
    told, through = signal(kind=kind, owner_locale=locale, locale=locale, detail=detail), directory()
    if template in INCIDENTS:
        told, through = of_incident(INCIDENTS[template]), replace(through, locale=locale)
    if template is Template.FEED_STALE:
        told, through = of_feed(), replace(through, locale=locale)
    written = as_text(compose(candidate(told, PLAYS[template], through), "https://banso.example/"))
    assert written == (GOLDEN / f"{template}.{locale}.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("locale", "now", "words"),
    [
        ("en", (Band.WATCH, 50.0), "Acme: health was critical|Health fell to critical on|now it is 50 of 100 (watch,"),
        ("ja", (Band.WATCH, 50.0), "危険域に入りました|危険域まで下がりました|いまは50点（注意）です"),
        ("en", (Band.UNKNOWN, None), "Acme: health was critical|now it cannot be told (unknown,"),
        ("ja", (Band.UNKNOWN, None), "危険域に入りました|いまは判定不能です"),
    ],
)
def test_a_band_that_was_left_again_is_not_told_as_the_present_one(
    locale: str, now: tuple[Band, float | None], words: str
) -> None:
    band, score = now
    said = signal(kind=SignalKind.HEALTH_CRITICAL, band=band, score=score, owner_locale=locale, locale=locale)
    written = text(said, Template.HEALTH_CRITICAL)
    assert [each for each in words.split("|") if each not in written] == []
    for present in (
        "health is critical",
        "has been critical",
        "危険域です",
        "危険域にあります",
        "（危険）",
        "(critical)",
    ):
        assert present not in written


@pytest.mark.parametrize("locale", LOCALES)
def test_a_signal_of_before_labels_were_told_names_keys(locale: str) -> None:
    old = evidence(channels=[channel("import", {}, seen=14, expected=3.0, users=4, log_evidence=4.1)])
    written = text(signal(owner_locale=locale, locale=locale, evidence=old, phase="pilot", phase_labels={}))
    assert "import" in written
    assert "pilot" in written


def test_a_label_in_one_language_serves_both() -> None:
    only = evidence(channels=[channel("k7", {"ja": "取込"}, seen=14, expected=3.0, users=4, log_evidence=4.1)])
    assert "“取込” 14 times" in text(signal(owner_locale="en", evidence=only))


@pytest.mark.parametrize(
    ("locale", "words"), [("en", "Contact unknown: no live source"), ("ja", "問い合わせの有無は不明です")]
)
def test_an_unknown_contact_is_said_plainly_and_never_as_silence(locale: str, words: str) -> None:
    unknown = evidence(contacts_seen=None, contacts_expected=None, no_contact_probability=None)
    written = text(signal(owner_locale=locale, evidence=unknown))
    assert words in written
    assert "asked for help" not in written
    assert "問い合わせは来ていません" not in written
    assert "2.3" not in written


@pytest.mark.parametrize(("locale", "words"), [("en", "Not enough data yet: 40"), ("ja", "まだデータが足りません")])
def test_little_data_is_said(locale: str, words: str) -> None:
    assert words in text(signal(owner_locale=locale, evidence=evidence(enough_data=False)))


def test_only_channels_above_their_usual_are_shown_the_loudest_first() -> None:
    written = text(signal(owner_locale="en"))
    assert written.index("“Import failed” 14 times by 4 users in 14 days, usually 3") < written.index("“Login failed”")
    assert "“Login failed”" not in text(signal(owner_locale="en", evidence=evidence(channels=[])))


def test_what_to_do_depends_on_the_touch_model() -> None:
    assert "Call Tanaka first" in text(signal(owner_locale="en"))
    assert "short message with the one page" in text(signal(owner_locale="en", touch=TouchModel.TECH))


def test_a_customer_sees_neither_scores_nor_evidence_nor_the_console() -> None:
    written = text(signal(locale="en"), Template.CONTACT_OFFER)
    for secret in ("34", "Import failed", "critical", "1,200,000", "banso.example"):
        assert secret not in written


def test_the_link_leads_to_the_account_whatever_its_name_is() -> None:
    assert message(signal("a/../b?c#d")).link == "https://banso.example/accounts/a%2F..%2Fb%3Fc%23d"
    assert compose(candidate(), None).link is None


def test_a_value_from_outside_cannot_make_lines_of_its_own() -> None:
    name = "Evil\r\nWhat to do\n- wire money\u2028now\u202e"
    plain = message(signal(account_name=name, owner_locale="en"))
    lines = [line for section in plain.sections for line in section.lines] + [plain.title]
    assert not any(char in line for line in lines for char in "\r\n\u2028\u202e")
    assert any("Evil What to do - wire money now" in line for line in lines)


def test_a_value_from_outside_is_no_template_and_no_flood() -> None:
    plain = message(signal(account_name="{{ 7 * 7 }}{% raw %}", owner_locale="en"))
    assert plain.title.startswith("{{ 7 * 7 }}{% raw %}")
    assert len(message(signal(account_name="x" * 100_000)).title) < 300
