"""What trouble looks like from outside: the event, the feature of the product and its version.

A signature is kept as a fact beside the plain one, under a name of its own, `import.failed␟feature=csv␟version=2.3.1`
(␟ is U+001F, which no event name may hold). It belongs to no series: it counts nowhere but here. The name is a pure
function of one event, so that order, repeats, lateness and rebuilds hold for signatures as for all facts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from banso_common.contracts.account_activity import Scalar
from banso_scoring.domain.incident.rules import Properties

SEPARATOR = "\x1f"
VALUE_CHARS_MAX = 64
_FEATURE, _VERSION = "feature=", "version="
_IDENTITY = re.compile(r"\b(?=[0-9a-f-]*\d)[0-9a-f]{8}[0-9a-f-]*\b|\d{5,}", re.IGNORECASE)
"""What names one case and no feature: long numbers, and hexadecimal ones."""


@dataclass(frozen=True, slots=True, order=True)
class Signature:
    """Trouble by event, feature and version; an empty one was not said, or stands for any."""

    event: str
    feature: str = ""
    version: str = ""

    @property
    def name(self) -> str:
        """The name of its fact."""
        feature = SEPARATOR + _FEATURE + self.feature if self.feature else ""
        version = SEPARATOR + _VERSION + self.version if self.version else ""
        return self.event + feature + version

    def holds(self, other: Signature) -> bool:
        """Whether `other` is this trouble, or a part of it."""
        return self.event == other.event and self.feature in ("", other.feature) and self.version in ("", other.version)


def is_signature(name: str) -> bool:
    """Whether a fact of this name is a signature and no event."""
    return SEPARATOR in name


def signature_of(name: str) -> Signature:
    """The signature that a fact's name says; a plain event is one without feature and version."""
    event, *parts = name.split(SEPARATOR)
    feature = next((part.removeprefix(_FEATURE) for part in parts if part.startswith(_FEATURE)), "")
    version = next((part.removeprefix(_VERSION) for part in parts if part.startswith(_VERSION)), "")
    return Signature(event, feature, version)


def signed(event: str, said: Mapping[str, Scalar], properties: Properties) -> Signature:
    """The signature of an event that says `said`. Numbers that name one case only are left out of the feature."""
    return _signature(event, _first(said, properties.feature), _first(said, properties.version))


@lru_cache(maxsize=8_192)
def _signature(event: str, feature: str, version: str) -> Signature:
    """The same few come again and again."""
    return Signature(event, _IDENTITY.sub("*", feature)[:VALUE_CHARS_MAX], version[:VALUE_CHARS_MAX])


def _first(said: Mapping[str, Scalar], names: Sequence[str]) -> str:
    """The first of the properties `names` that says something, as one line of text."""
    for name in names:
        value = said.get(name)
        if value is not None and not isinstance(value, bool) and (text := _text(value)):
            return text
    return ""


@lru_cache(maxsize=8_192, typed=True)
def _text(value: str | float) -> str:
    text = "".join(char if char.isprintable() else " " for char in str(value)[: 4 * VALUE_CHARS_MAX])
    return " ".join(text.split())
