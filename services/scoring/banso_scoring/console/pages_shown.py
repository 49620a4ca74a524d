"""From a template to a response: autoescape is on, texts from outside stand by themselves, the language is kept.

Whatever comes from outside is escaped by Jinja and set apart by `<bdi>`, so that it can neither be markup nor
turn the direction of the text around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from banso_common.contracts.account_signal import MOMENTS, Band, SignalKind, TouchModel
from banso_scoring.console import numbers, sentences
from banso_scoring.console.language import COOKIE, LANGUAGES, language_of, pick
from banso_scoring.console.place import account_address
from banso_scoring.console.words import WORDS
from banso_scoring.console.words_feed import FEED_WORDS
from banso_scoring.console.words_journey import JOURNEY_WORDS
from banso_scoring.console.words_matrix import MATRIX_WORDS
from banso_scoring.console.words_trouble import TROUBLE_WORDS

LANGUAGE_AGE_S = 365 * 24 * 3_600
SHOWN_CHARS_MAX = 200
STYLE = files("banso_scoring.console").joinpath("static/console.css").read_bytes()
STYLE_ADDRESS = f"/console-{blake2b(STYLE, digest_size=6).hexdigest()}.css"


def outside(text: str) -> Markup:
    """A text that somebody else wrote, escaped, in a direction of its own, and not endless."""
    line = " ".join(text.split())
    shown = line if len(line) <= SHOWN_CHARS_MAX else line[: SHOWN_CHARS_MAX - 1] + "…"
    return Markup("<bdi>{}</bdi>").format(shown)


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("banso_scoring.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"outside": outside, "about": numbers.about, "percent": numbers.percent}
    made.globals |= {
        "account_address": account_address,
        "style_address": STYLE_ADDRESS,
        "target_text": sentences.target_text,
        "MATRIX_WORDS": MATRIX_WORDS,
        "journey_words": JOURNEY_WORDS,
        "TROUBLE_WORDS": TROUBLE_WORDS,
        "feed_words": FEED_WORDS,
        "Band": Band,
        "SignalKind": SignalKind,
        "moments": MOMENTS,
        "TouchModel": TouchModel,
    }
    return made


_pages = _environment()


def show(request: Request, template: str, context: Mapping[str, Any], status: int = 200) -> Response:
    """`template` in the reader's language; a language that was asked for is remembered."""
    language = language_of(request)
    body = _pages.get_template(template).render(
        **context,
        language=language,
        other=next(one for one in LANGUAGES if one != language),
        t=WORDS[language],
        pick=lambda texts: pick(texts, language),
        money=lambda amount, currency: numbers.money(amount, currency, language),
        day=lambda iso_day: numbers.day(iso_day, language),
        long_day=lambda iso_day: numbers.long_day(iso_day, language),
        ago=lambda days: numbers.ago(days, language),
        days=lambda count: numbers.days(count, language),
        people=lambda count: numbers.people(count, language),
        in_other=_in_other_language(request),
    )
    response = HTMLResponse(body, status)
    if request.query_params.get("lang") == language:
        response.set_cookie(COOKIE, language, max_age=LANGUAGE_AGE_S, samesite="lax", httponly=True)
    return response


def _in_other_language(request: Request) -> str:
    """The same address in the other language; a key in it is left out."""
    other = next(one for one in LANGUAGES if one != language_of(request))
    kept = [pair for pair in request.query_params.multi_items() if pair[0] not in ("lang", "key")]
    return f"{quote(request.url.path, safe='/')}?{urlencode([*kept, ('lang', other)])}"
