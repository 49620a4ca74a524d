"""Properties made flat: one level of scalars, under names joined by dots, within the named limits.

`{"cart": {"items": [{"sku": "a"}]}}` becomes `{"cart.items.0.sku": "a"}`; nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from banso_common.contracts.account_activity import Scalar
from banso_ingest.domain.limits import (
    PROPERTIES_MAX,
    PROPERTY_DEPTH_MAX,
    PROPERTY_INTEGER_MAX,
    PROPERTY_KEY_LENGTH_MAX,
    PROPERTY_STRING_LENGTH_MAX,
)
from banso_ingest.domain.refusal import RefusalCode, refusal
from banso_ingest.domain.text import is_clean

_NESTED = (dict, list)


def flat(properties: dict[str, Any]) -> dict[str, Scalar]:
    """`properties` as decoded from JSON, flat; the same dict when it is flat already.

    Raises Refused(bad-property, too-many-properties, too-deep).
    """
    if len(properties) > PROPERTIES_MAX:
        raise refusal(RefusalCode.TOO_MANY_PROPERTIES, f"an event may have {PROPERTIES_MAX} properties")
    for key, item in properties.items():
        _check_key(key)
        if isinstance(item, str):
            if len(item) > PROPERTY_STRING_LENGTH_MAX:
                raise refusal(
                    RefusalCode.BAD_PROPERTY,
                    f"the property `{key}` has {len(item)} characters; {PROPERTY_STRING_LENGTH_MAX} are allowed",
                )
        elif isinstance(item, int):
            if not -PROPERTY_INTEGER_MAX <= item <= PROPERTY_INTEGER_MAX:
                raise refusal(RefusalCode.BAD_PROPERTY, f"the property `{key}` is an integer of over 64 bits")
        elif isinstance(item, _NESTED):
            return flat(_unfolded(properties))
    return properties


@lru_cache(maxsize=4_096)
def _check_key(key: str) -> None:
    """The same few keys come with every event, so those that passed are remembered; a refusal is not."""
    if not (0 < len(key) <= PROPERTY_KEY_LENGTH_MAX and is_clean(key)):
        raise refusal(
            RefusalCode.BAD_PROPERTY,
            f"the property name {key[:40]!a} must have 1 to {PROPERTY_KEY_LENGTH_MAX} clean characters",
        )


def _unfolded(properties: Mapping[str, Any]) -> dict[str, Scalar]:
    found: dict[str, Scalar] = {}
    for key, item in _walk(properties.items(), "", 1):
        if key in found:
            raise refusal(RefusalCode.BAD_PROPERTY, f"the property `{key[:40]}` is given twice")
        found[key] = item
    return found


def _walk(entries: Iterable[tuple[object, Any]], prefix: str, depth: int) -> Iterator[tuple[str, Scalar]]:
    if depth > PROPERTY_DEPTH_MAX:
        raise refusal(RefusalCode.TOO_DEEP, f"`{prefix[:40]}` is nested deeper than {PROPERTY_DEPTH_MAX} levels")
    for key, item in entries:
        name = f"{prefix}{key}"
        if isinstance(item, _NESTED):
            _check_key(name)  # before it stands in front of thousands of others
            inner = item.items() if isinstance(item, dict) else enumerate(item)
            yield from _walk(inner, f"{name}.", depth + 1)
        else:
            yield name, item
