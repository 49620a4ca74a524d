"""From a template to a response: autoescape is on, texts from outside stand by themselves, the language is kept.

Whatever comes from outside is escaped by Jinja and set apart by `<bdi>`, so that it can neither be markup nor
turn the direction of the text around it. Each service has a frame of its own over its templates; layout, styles and
words around them are the same, so that two services look like one console behind one host.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from banso_common.http.raw_path import address_of
from banso_common.web import numbers
from banso_common.web.language import COOKIE, LANGUAGES, Language, language_of, pick
from banso_common.web.words import FRAME_WORDS, PLACES

LANGUAGE_AGE_S = 365 * 24 * 3_600
SHOWN_CHARS_MAX = 200
FOREVER = "public, max-age=31536000, immutable"
FOR_A_DAY = "public, max-age=86400"


def outside(text: str) -> Markup:
    """A text that somebody else wrote, escaped, in a direction of its own, and not endless."""
    line = " ".join(text.split())
    shown = line if len(line) <= SHOWN_CHARS_MAX else line[: SHOWN_CHARS_MAX - 1] + "…"
    return Markup("<bdi>{}</bdi>").format(shown)


def account_address(account: str) -> str:
    """The address of an account's page."""
    return "/accounts/" + quote(account, safe="")


@dataclass(frozen=True)
class Frame:
    """The frame of the pages in `package`, whose own style is served beside the shared one below `style_at`.

    `known` are names that every template may use, `spoken` the words that each gets in the reader's language.
    """

    package: str
    style_file: str
    style_at: str
    known: Mapping[str, Any] = field(default_factory=dict)
    spoken: Callable[[Language], Mapping[str, Any]] = lambda _: {}

    @cached_property
    def style(self) -> bytes:
        """The shared style and, after it, the service's own."""
        shared = files("banso_common.web").joinpath("static/frame.css").read_bytes()
        return shared + files(self.package).joinpath(f"static/{self.style_file}").read_bytes()

    @cached_property
    def icon(self) -> bytes:
        """The same for all services."""
        return files("banso_common.web").joinpath("static/icon.svg").read_bytes()

    @cached_property
    def style_address(self) -> str:
        """Another style, another address: it may be kept for ever."""
        return f"{self.style_at}-{blake2b(self.style, digest_size=6).hexdigest()}.css"

    @cached_property
    def _pages(self) -> Environment:
        made = Environment(
            loader=ChoiceLoader([PackageLoader(self.package), PackageLoader("banso_common.web")]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        made.filters |= {"outside": outside, "about": numbers.about, "percent": numbers.percent}
        made.globals |= {"account_address": account_address, "style_address": self.style_address, "places": PLACES}
        made.globals |= self.known
        return made

    def show(self, request: Request, template: str, context: Mapping[str, Any], status: int = 200) -> Response:
        """`template` in the reader's language; a language that was asked for is remembered."""
        language = language_of(request)
        body = self._pages.get_template(template).render(
            **self.spoken(language),
            **context,
            language=language,
            other=next(one for one in LANGUAGES if one != language),
            frame=FRAME_WORDS[language],
            here=_place_of(request.url.path),
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

    def style_router(self) -> APIRouter:
        """Serves the style to all, and the icon that browsers ask for below any page."""
        router = APIRouter(include_in_schema=False)

        @router.get(self.style_address)
        async def style() -> Response:
            return Response(self.style, media_type="text/css", headers={"Cache-Control": FOREVER})

        @router.get("/favicon.ico")
        async def icon() -> Response:
            return Response(self.icon, media_type="image/svg+xml", headers={"Cache-Control": FOR_A_DAY})

        return router


def _place_of(path: str) -> str | None:
    """Which place of the navigation a page belongs to; accounts belong to the list."""
    if path.startswith("/accounts/"):
        return "/"
    return next((place for place in PLACES if path == place or (place != "/" and path.startswith(f"{place}/"))), None)


def _in_other_language(request: Request) -> str:
    """The same address in the other language; a key in it is left out."""
    other = next(one for one in LANGUAGES if one != language_of(request))
    kept = [pair for pair in request.query_params.multi_items() if pair[0] not in ("lang", "key", "ticket")]
    return f"{address_of(request)}?{urlencode([*kept, ('lang', other)])}"
