"""What a channel promises, so that delivery can be certain.

1. `send` gives Sent only once the provider has taken the message; Retry only when it certainly has not (of a
   webhook: when it has not said so, for a repeat is the same message there); Unsure whenever it cannot know. It
   ends within the request time-out that delivery sets around it.
2. `find` looks for an outreach that may have arrived. It gives the provider's name for the message, or None
   when the message is certainly not there; it raises Unavailable when it cannot tell now.
3. A channel that cannot look (`can_find` False) repeats itself at worst under the same message id.
4. No secret and no message is logged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from banso_alerts.domain.delivery import Answer
from banso_alerts.domain.outreach import ChannelName
from banso_alerts.domain.plays import Audience
from banso_alerts.render.message import Message
from banso_common.contracts.account_signal import SignalKind


@dataclass(frozen=True, slots=True)
class About:
    """What a message is about, for receivers that are machines. `signal` is a key, `decided_at` an instant."""

    account: str
    account_name: str
    owner: str | None
    kind: SignalKind
    signal: str
    play: str
    audience: Audience
    decided_at: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A message and where it goes; `message.outreach_id` is its id for good, on every attempt."""

    address: str
    recipient_name: str | None
    message: Message
    about: About


class Channel(Protocol):
    """One way to reach somebody."""

    @property
    def name(self) -> ChannelName: ...

    @property
    def at_once(self) -> int:
        """How many letters delivery hands over at a time."""
        ...

    @property
    def can_find(self) -> bool:
        """Whether `find` can tell what has arrived."""
        ...

    async def send(self, letter: Letter) -> Answer:
        """Hand the letter over."""
        ...

    async def find(self, letter: Letter, since: int) -> str | None:
        """The provider's reference of this letter, if it arrived at or after `since`. Raises Unavailable."""
        ...

    async def close(self) -> None:
        """Let connections go."""
        ...
