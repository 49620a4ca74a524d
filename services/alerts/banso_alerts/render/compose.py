"""Composes a message from a candidate's numbers in the recipient's language: who, what happened, why, what to do.

Prose is made here and nowhere earlier: a signal carries numbers only. Values from outside enter sentences
through `one_line`, and are encoded for their sink by the channel.
"""

from __future__ import annotations

from functools import cache
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from banso_alerts.domain.outreach import Candidate
from banso_alerts.domain.plays import Audience, OwnText
from banso_alerts.domain.proof.precision import Track
from banso_alerts.render.feed import PAGE as FEEDS_PAGE
from banso_alerts.render.feed import feed_values, is_feed
from banso_alerts.render.incident import incident_values, page_of
from banso_alerts.render.message import Message, Section
from banso_alerts.render.own_text import filled
from banso_alerts.render.sinks import one_line
from banso_alerts.render.track_words import track_line
from banso_alerts.render.trend import in_steps, shown_days
from banso_alerts.render.words import HEADINGS, about, day, money, percent
from banso_common.contracts.account_signal import (
    MOMENTS,
    AccountSignal,
    Band,
    ChannelEvidence,
    SignalKind,
    TouchModel,
)
from banso_common.contracts.evidence_words import sentences
from banso_common.contracts.words import BANDS, TOUCHES, named

CHANNELS_SHOWN_MAX = 5
NO_CONTACT_SHOWN_MAX = 0.5
LAST_EVENT_DAYS_SHOWN_MIN = 7
WITHOUT_EVIDENCE = MOMENTS - {SignalKind.CONTACT_MADE}
AGAIN = {"ja": "再通知：{title}", "en": "Again: {title}"}
GIVEN_HERE = {
    "ja": "{phase}フェーズで提供するもの：{phase_services}",
    "en": "What we give in phase {phase}: {phase_services}",
}

Value = object


def compose(candidate: Candidate, public_url: str | None, track: Track | None = None) -> Message:
    """The message of a candidate. `public_url` is where the console stands; `track` is its rule's record."""
    locale = candidate.recipient.locale
    words = HEADINGS[locale]
    for_contact = candidate.recipient.audience is Audience.CONTACT
    record = [line] if (line := track_line(track, locale)) else []
    values = values_of(candidate.signal, locale, for_contact)
    said = _said(candidate, values)
    sections = [
        Section(words.what, list(said.what)),
        Section(words.do, [*said.do, *_in_this_phase(candidate, values)]),
    ]
    of = "_feed" if is_feed(candidate.signal.account) else "" if candidate.signal.incident is None else "_incident"
    if for_contact:
        sections = [Section("", section.lines) for section in sections]
    else:
        sections.insert(0, Section(words.who, _lines(_template(f"{locale}/_who{of}.jinja").render(values))))
        why = _lines(_template(f"{locale}/_why{of}.jinja").render(values))
        sections.insert(2, Section(words.why, [*why, *record]))
    return Message(
        outreach_id=candidate.id,
        locale=locale,
        severity=candidate.signal.severity,
        title=AGAIN[locale].format(title=said.title) if candidate.turn else said.title,
        sections=sections,
        link=None if for_contact else link_to(candidate.signal.account, public_url),
        link_label=words.link,
        answer_link=None if for_contact else answer_page(candidate.id, public_url),
        answers_each=candidate.signal.incident is not None,
        trend=[] if for_contact else shown_days(candidate.signal.trend),
    )


def _said(candidate: Candidate, values: dict[str, Value]) -> OwnText:
    """What the play says: in the company's own words, else by its shipped template."""
    locale = candidate.recipient.locale
    own = candidate.play.wording(candidate.variant)
    if own is not None:
        return filled(own[locale], values, locale)
    body = _template(f"{locale}/{candidate.play.template}.jinja")
    title, what, do = (_block(body, name, values) for name in ("title", "what", "do"))
    return OwnText(" ".join(title), tuple(what), tuple(do))


def _in_this_phase(candidate: Candidate, values: dict[str, Value]) -> list[str]:
    """For whoever runs alongside: what the success model has us give in the account's phase."""
    alongside = candidate.recipient.audience is Audience.OWNER and candidate.signal.touch is TouchModel.HIGH
    if not (alongside and values["phase_services"]):
        return []
    return [GIVEN_HERE[candidate.recipient.locale].format(**values)]


def link_to(account: str, public_url: str | None) -> str | None:
    """The page of the account, or of the incident, in the console; None when nobody said where the console stands."""
    page = FEEDS_PAGE if is_feed(account) else page_of(account) or f"accounts/{quote(account, safe='')}"
    return f"{public_url.rstrip('/')}/{page}" if public_url else None


def answer_page(outreach_id: str, public_url: str | None) -> str | None:
    """The page on which an outreach is answered; None when nobody said where the console stands."""
    return f"{public_url.rstrip('/')}/outreach/{outreach_id}" if public_url else None


def values_of(signal: AccountSignal, locale: str, for_contact: bool) -> dict[str, Value]:
    """What the sentences about a signal are filled with, each a single line; empty where nothing is known."""
    return {
        "for_contact": for_contact,
        "account": one_line(signal.account),
        "account_name": one_line(signal.account_name) or one_line(signal.account),
        "phase": one_line(named(signal.phase_labels, signal.phase, locale)),
        "phase_services": one_line(named(signal.phase_services, "", locale)),
        "cell": one_line(named(signal.cell_labels, signal.cell, locale)),
        "touch": TOUCHES[locale][signal.touch],
        "hands_on": signal.touch in (TouchModel.HIGH, TouchModel.LOW),
        "band": BANDS[locale][signal.band],
        "is_critical": signal.band is Band.CRITICAL,
        "score": "" if signal.score is None else f"{signal.score:.0f}",
        "coverage": percent(signal.coverage),
        "acv": "" if signal.acv is None else money(signal.acv, signal.currency, locale),
        "owner_name": one_line(signal.owner_name or ""),
        "contact_name": one_line(signal.contact_name or ""),
        "contact_email": one_line(signal.contact_email or ""),
        **_trend(signal),
        "opened_on": day(signal.opened_at, locale),
        **_evidence(signal, locale),
        **_detail(signal),
        **incident_values(signal, locale),
        **feed_values(signal, locale),
    }


def _trend(signal: AccountSignal) -> dict[str, Value]:
    """The health of the last days in a few steps."""
    steps = " → ".join(map(str, in_steps(signal.trend)))
    return {"trend": steps, "trend_days": len(shown_days(signal.trend))}


def _evidence(signal: AccountSignal, locale: str) -> dict[str, Value]:
    """The numbers as they are written in sentences; the channels that speak loudest first."""
    evidence = signal.evidence if signal.kind not in WITHOUT_EVIDENCE else None
    loudest = sorted(evidence.channels, key=lambda c: (-c.log_evidence, c.channel)) if evidence else []
    shown = [channel for channel in loudest if channel.seen > channel.expected][:CHANNELS_SHOWN_MAX]
    channels = [_channel(channel, locale) for channel in shown]
    known = evidence is not None and evidence.contacts_expected is not None
    chance = evidence.no_contact_probability if evidence else None
    seen = (evidence.contacts_seen or 0) if evidence else 0
    return {
        "evidence_sentences": sentences(evidence, locale) if evidence else [],
        "has_evidence": evidence is not None,
        "channels": channels,
        "top_channel": channels[0]["name"] if channels else "",
        "window_days": evidence.window_days if evidence else 0,
        "attempts": f"{evidence.attempts:,}" if evidence else "",
        "enough_data": evidence is None or evidence.enough_data,
        "contacts_known": known,
        "contacts_expected": about((evidence.contacts_expected or 0.0) if evidence else 0.0),
        "contacts_seen": f"{seen:,}",
        "wrote": seen > 0,
        "no_contact_chance": percent(chance) if chance is not None and chance < NO_CONTACT_SHOWN_MAX else "",
    }


def _channel(channel: ChannelEvidence, locale: str) -> dict[str, Value]:
    return {
        "name": one_line(named(channel.labels, channel.channel, locale)),
        "seen": f"{channel.seen:,}",
        "once": channel.seen == 1,
        "users": f"{channel.users:,}" if channel.users else "",
        "one_user": channel.users == 1,
        "expected": about(channel.expected),
    }


def _detail(signal: AccountSignal) -> dict[str, Value]:
    """How long the account has been in its phase, and how long nobody there was seen."""
    return {
        "phase_days": _days(signal.detail.get("phase_days"), 1),
        "last_event_days": _days(signal.detail.get("last_event_days"), LAST_EVENT_DAYS_SHOWN_MIN),
    }


def _days(value: str | float | None, least: int) -> str:
    return f"{value:,.0f}" if isinstance(value, int | float) and value >= least else ""


def _block(template: Template, name: str, values: dict[str, Value]) -> list[str]:
    return _lines("".join(template.blocks[name](template.new_context(values))))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


@cache
def _template(name: str) -> Template:
    """A shipped template. Values go in as plain text: each channel encodes the finished message."""
    environment = Environment(
        loader=PackageLoader("banso_alerts", "render/templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 -- plain text on purpose: the sinks encode, see render.sinks
    )
    return environment.get_template(name)
