"""The frame of scoring's pages: its templates, its style, its words, in the console's common layout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from banso_common.contracts.account_signal import MOMENTS, Band, SignalKind, TouchModel
from banso_common.http.keys import Scope
from banso_common.web.door import page_of, reader_of
from banso_common.web.frame import Frame
from banso_common.web.language import Language
from banso_scoring.console import sentences
from banso_scoring.console.words import WORDS
from banso_scoring.console.words_feed import FEED_WORDS
from banso_scoring.console.words_journey import JOURNEY_WORDS
from banso_scoring.console.words_matrix import MATRIX_WORDS
from banso_scoring.console.words_trouble import TROUBLE_WORDS


def _spoken(language: Language) -> Mapping[str, Any]:
    return {"t": WORDS[language]}


FRAME = Frame(
    package="banso_scoring.console",
    style_file="console.css",
    style_at="/console",
    known={
        "target_text": sentences.target_text,
        "MATRIX_WORDS": MATRIX_WORDS,
        "journey_words": JOURNEY_WORDS,
        "TROUBLE_WORDS": TROUBLE_WORDS,
        "feed_words": FEED_WORDS,
        "Band": Band,
        "SignalKind": SignalKind,
        "moments": MOMENTS,
        "TouchModel": TouchModel,
    },
    spoken=_spoken,
)
Page = page_of(FRAME)
reader = reader_of(Scope.ACCOUNTS_READ)
show = FRAME.show
