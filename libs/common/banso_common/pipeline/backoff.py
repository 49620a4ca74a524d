"""How long to wait before the next try: exponential, bounded, with full jitter so that members spread out."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(slots=True)
class Backoff:
    """Waits grow from `first_ms` to `most_ms`; `reset` after a success."""

    first_ms: int = 100
    most_ms: int = 5_000
    _tries: int = 0

    def next_ms(self) -> int:
        """The wait before the next try, ms, between half of the ceiling and the ceiling."""
        ceiling = min(self.most_ms, self.first_ms * 2 ** min(self._tries, 16))
        self._tries += 1
        return random.randint(ceiling // 2, ceiling)  # noqa: S311 -- spreads load, keeps no secret

    def reset(self) -> None:
        """The last try went well."""
        self._tries = 0
