"""Which characters may stand in a name: everything that shows, in any script, and no control characters.

`str.isprintable` alone would refuse the ideographic space of Japanese names and joined emoji.
"""

from __future__ import annotations

from unicodedata import category

_REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_DIRECTION_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def is_clean(text: str) -> bool:
    """Whether `text` has no control character, line break, lone surrogate or direction override."""
    return text.isprintable() or not any(
        category(char) in _REFUSED_CATEGORIES or char in _DIRECTION_OVERRIDES for char in text
    )
