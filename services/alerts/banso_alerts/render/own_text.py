"""A company's own words with their placeholders filled in: plain replacement, once, of names on a list.

What a value holds is never looked at again, so that a customer called `{score}` is called so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from banso_alerts.domain.plays import OwnText

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
UNKNOWN: Mapping[str, Mapping[str, str]] = {
    "ja": {"contact_name": "ご担当者", "owner_name": "担当者"},
    "en": {"contact_name": "your contact", "owner_name": "our team"},
}
"""What stands for a value that is not known; any other is a dash."""
TO_CUSTOMER: Mapping[str, Mapping[str, str]] = {"ja": {}, "en": {"contact_name": "customer"}}
DASH = "—"


def filled(text: OwnText, values: Mapping[str, object], locale: str) -> OwnText:
    """`text` with the values of the signal in place of its placeholders."""
    words = {**UNKNOWN[locale], **(TO_CUSTOMER[locale] if values.get("for_contact") else {})}

    def fill(line: str) -> str:
        return PLACEHOLDER.sub(lambda found: str(values.get(found[1]) or words.get(found[1], DASH)), line)

    return OwnText(fill(text.title), tuple(map(fill, text.what)), tuple(map(fill, text.do)))
