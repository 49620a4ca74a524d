"""The error tree: a class says who can mend the fault and whether a retry helps.

BansoError
├── Refused              the input is wrong            retry never helps; 4xx or a dead letter
│   └── TooLarge         … because it is over a limit  retry never helps; 413 or a dead letter
├── SettingsError        the configuration is wrong    mend it and start again
├── Unavailable          a store or broker is away     retry helps, with back-off
│   └── Full             a queue is at its limit       retry helps, later; 503 with Retry-After
├── Fenced               another member owns it now    drop the work, reload when assigned again
└── OffsetOutOfRange     records are gone              the partition stops with an alarm
"""

from __future__ import annotations


class BansoError(Exception):
    """Any fault that banso names itself."""


class Refused(BansoError):
    """The input is wrong. `code` is a closed name for machines, `reason` a sentence for people."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


class TooLarge(Refused):
    """The input is over a named limit."""


class SettingsError(BansoError):
    """The configuration is wrong; the message says which setting, and what to write instead."""


class Unavailable(BansoError):
    """A store or broker does not answer now. Nothing was applied, or it cannot be known; try again."""


class Full(Unavailable):
    """A queue or log is at its limit; try again after `retry_after_s` seconds."""

    def __init__(self, reason: str, retry_after_s: int = 1) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class Fenced(BansoError):
    """A write carried an epoch that is no longer the newest: another member owns the partition."""


class OffsetOutOfRange(BansoError):
    """The wanted offset is not in the log: records between `wanted` and `first` were removed unread."""

    def __init__(self, topic: str, partition: int, wanted: int, first: int) -> None:
        super().__init__(f"{topic}/{partition}: offset {wanted} is gone, the log begins at {first}")
        self.topic = topic
        self.partition = partition
        self.wanted = wanted
        self.first = first
