"""Which of the two languages a reader gets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from fastapi import Request

Language = Literal["ja", "en"]
LANGUAGES: tuple[Language, ...] = ("ja", "en")
COOKIE = "banso_lang"


def language_of(request: Request) -> Language:
    """`?lang=`, else the cookie, else what the browser prefers, else English."""
    for said in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        for language in LANGUAGES:
            if said == language:
                return language
    return _preferred(request.headers.get("accept-language", ""))


def _preferred(header: str) -> Language:
    """RFC 9110, 12.5.4: the language of the highest weight that we have; the first of equals."""
    best: Language = "en"
    highest = 0.0
    for part in header.split(",")[:20]:
        tag, _, weight = part.partition(";")
        try:
            value = float(weight.strip().removeprefix("q=")) if weight.strip() else 1.0
        except ValueError:
            continue
        for language in LANGUAGES:
            if tag.strip().lower().partition("-")[0] == language and value > highest:
                best, highest = language, value
    return best


def pick(texts: Mapping[str, str], language: Language) -> str:
    """A text of the model in the reader's language, or in the one that there is."""
    return texts.get(language) or next(iter(texts.values()), "")
