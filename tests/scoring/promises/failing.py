"""Failpoints that a test arms in its own process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from banso_common import failpoints


@contextmanager
def armed(text: str) -> Iterator[failpoints._Armed]:
    """`text` as in BANSO_FAILPOINT, for the length of a block; what is given counts down the passes."""
    before, failpoints._armed = failpoints._armed, failpoints._Armed(text)
    try:
        yield failpoints._armed
    finally:
        failpoints._armed = before
