"""How an id is spelt: one text may be written in several ways that look alike, and all of them mean the same subject.

Ids of accounts, users and sources are kept in Unicode's composed form (NFC). Width and case are not folded: `ＡＣＭＥ`,
`ACME` and `acme` are three. What an older version stored as it came is found as it was written.
"""

from __future__ import annotations

from unicodedata import category, normalize

INVISIBLE = "Cf"
TAGS = range(0xE0020, 0xE0080)
"""Format characters that are a visible part of an emoji: flags of regions end with one."""


def composed(text: str) -> str:
    """`text` in NFC; the same object when it is so already."""
    return text if text.isascii() else normalize("NFC", text)


def spellings(text: str) -> list[str]:
    """`text` as it is written, composed and decomposed, each once: under any of them it may be stored."""
    return list(dict.fromkeys([text, composed(text), normalize("NFD", text)]))


def is_bare(text: str) -> bool:
    """Whether neither end of `text` is a blank or a character that nobody sees, such as a zero-width space."""
    return text == "" or not (_is_unseen(text[0]) or _is_unseen(text[-1]))


def _is_unseen(char: str) -> bool:
    return char.isspace() or (not char.isascii() and category(char) == INVISIBLE and ord(char) not in TAGS)
