"""How one feed is usually heard, and until when its quiet may be believed.

A feed is the `source` of events. Of each it is kept in which of the last 672 hours and on which of the last 371 days
it was heard (one bit each, so that order and batches do not matter), and its last heartbeats.

    gap        the longest time between two hours in which it was heard; without the very longest of four weeks,
               so that one outage does not become what is usual
    patience   with heartbeats 3 x their usual interval, at least 2 minutes; else 2 x gap, at least 6 hours;
               72 hours until it is known for 7 days; where days without it are usual, so many that more are strange
               (see `quiet`). From 56 days on nothing is said of its quiet: too little is known, or it is too rare
    missed     summed over the hours since it was last heard: the share of the weeks before (of the days before, in
               the first week) in which it was heard in that hour
    until      the end of the hour in which `missed` reaches 1, but not after patience: so far quiet is believed

Beyond `until` time stands still for the accounts that the feed tells of; beyond its patience the feed is stale, if it
is expected to go on: what told only of the past of the hour in which it was first heard was an upload, and no pipe;
nor is yet what was heard in fewer than four hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import median

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.feeds.quiet import DAYS_KEPT, DAYS_MAX, Kept, strange_days

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
WEEK_HOURS, DAY_HOURS = 168, 24
WEEKS = 4
HOURS_KEPT = WEEKS * WEEK_HOURS
BEATS_KEPT, BEATS_MIN = 16, 3
BEAT_INTERVALS, BEAT_PATIENCE_MIN_MS = 3, 2 * MINUTE_MS
GAPS, PATIENCE_MIN_MS = 2, 6 * HOUR_MS
YOUNG_MS, YOUNG_PATIENCE_MS = 7 * DAY_MS, 72 * HOUR_MS
RARE_SHARE, RARE_KNOWN_MS = 0.5, 4 * DAY_MS
UNJUDGED_MS = DAYS_MAX * DAY_MS
"""A feed that may be quiet for so long is not judged."""
HOURS_MIN = 4
"""A feed that was heard in fewer hours is not expected to go on."""
GONE_MS, GONE_AFTER_MS = 28 * DAY_MS, 14 * DAY_MS
"""After so long a quiet a feed no longer counts, and not before so long after its patience."""
SETTLE_MS, SETTLE_MAX_MS = 10 * MINUTE_MS, 6 * HOUR_MS
"""A feed that was missed is believed again so long after it spoke, or after the last of what it sends belatedly; at
most so long after it spoke again."""
SETTLE_BEAT_MS = MINUTE_MS
"""Or when a heartbeat was made so long after that: it says that all that happened before it was sent."""
LATE_MS = HOUR_MS
"""What is heard so long after it happened is belated."""
NEVER = -1
FAR = int(np.iinfo(np.int64).max)

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pause:
    """That a feed was missed and spoke again; what it sends belatedly is read before it is believed again."""

    held_at: int
    """Until when it was believed before it was missed."""
    resumed_at: int
    """When it spoke again."""
    late_at: int
    """When the last of what came belatedly was read."""

    def lasts(self, now: int, beat_at: int = NEVER) -> bool:
        """Whether it is not over at `now`, when the newest heartbeat is of `beat_at`."""
        waits = now - self.late_at < SETTLE_MS and now - self.resumed_at < SETTLE_MAX_MS
        return waits and beat_at < self.late_at + SETTLE_BEAT_MS


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is known of one feed. Instants in ms, `NEVER` for none."""

    first_at: int = NEVER
    """When it was first heard."""
    heard_at: int = NEVER
    """When its newest event was received."""
    newest_at: int = NEVER
    """The watermark: when its newest event happened."""
    hours: int = 0
    """Bit i: whether it was heard in the hour i before that of `heard_at`."""
    beats: tuple[int, ...] = ()
    """The newest heartbeats, oldest first."""
    tells: bool = False
    """Whether it ever sent anything but contacts."""
    contacts: bool = False
    """Whether it ever sent a contact."""
    pause: Pause | None = None
    """The newest."""
    days: int = 0
    """Bit i: whether it was heard on the day i (in UTC) before that of `heard_at`; what came belatedly after it was
    missed counts for the day on which it happened."""

    @property
    def alive_at(self) -> int:
        """The last sign of life."""
        return max(self.heard_at, self.beats[-1] if self.beats else NEVER)

    @property
    def goes_on(self) -> bool:
        """Whether it is expected to: it has heartbeats, or was heard in some hours and told of what happened an hour
        and more after the first hour in which it was heard lately; an upload tells of its past alone."""
        first_hour = self.heard_at // HOUR_MS - max(self.hours.bit_length() - 1, 0)
        went_on = self.newest_at >= (first_hour + 2) * HOUR_MS
        return len(self.beats) >= BEATS_MIN or (went_on and self.has_hours)

    @property
    def has_hours(self) -> bool:
        """Whether it was heard in as many hours, or on as many days, as it takes to know that it is a pipe."""
        return max(self.hours.bit_count(), self.days.bit_count()) >= HOURS_MIN

    @property
    def beats_ms(self) -> int | None:
        """The usual time between two heartbeats; None without them, or when events came after they had ended."""
        if len(self.beats) < BEATS_MIN:
            return None
        interval = int(median(b - a for a, b in zip(self.beats, self.beats[1:], strict=False)))
        return None if self.heard_at > self.beats[-1] + _beat_patience(interval) else interval

    @property
    def is_rare(self) -> bool:
        """Whether it is known for four days and was heard on fewer than half of the days lately."""
        if self.beats_ms is not None or self.heard_at - self.first_at < RARE_KNOWN_MS:
            return False
        days = min(HOURS_KEPT // DAY_HOURS, (self.heard_at - self.first_at) // DAY_MS)
        mask = (1 << DAY_HOURS) - 1
        return sum(bool(self.hours >> DAY_HOURS * day & mask) for day in range(days)) < RARE_SHARE * days

    @property
    def kept(self) -> Kept:
        """The days on which it was heard."""
        return Kept(self.days, self.heard_at // DAY_MS, self.first_at // DAY_MS)


@dataclass(frozen=True, slots=True)
class Heard:
    """What one batch brought of a feed."""

    rhythm: Rhythm
    belated: bool = False
    """Whether any of it was received long after it happened."""
    happened: int = 0
    """The days on which it happened, as the bits of `Rhythm.days`."""

    def with_beats(self, beats: Sequence[int]) -> Heard:
        """The same with heartbeats at these instants, at least one."""
        return replace(self, rhythm=merged(self.rhythm, beaten(beats).rhythm))

    def of(self, *, tells: bool, contacts: bool) -> Heard:
        """The same of a feed that sent contacts, or anything else."""
        return replace(self, rhythm=replace(self.rhythm, tells=tells, contacts=contacts))


def heard(occurred_at: Ints, received_at: Ints) -> Heard:
    """What some events of one feed, at least one, tell of it."""
    last_at = int(received_at.max())
    happened_at = np.minimum(occurred_at, received_at)  # what lies in the future proves nothing
    hours = _bits(last_at // HOUR_MS - received_at // HOUR_MS, HOURS_KEPT)
    days = _bits(last_at // DAY_MS - received_at // DAY_MS, DAYS_KEPT)
    rhythm = Rhythm(int(received_at.min()), last_at, int(happened_at.max()), hours, days=days)
    belated = bool((received_at - occurred_at > LATE_MS).any())
    return Heard(rhythm, belated, _bits(last_at // DAY_MS - happened_at // DAY_MS, DAYS_KEPT))


def _bits(back: Ints, size: int) -> int:
    """These places as bits, of `size`."""
    flags = np.zeros(size, np.bool_)
    flags[back[back < size]] = True
    return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")


def beaten(beats: Sequence[int]) -> Heard:
    """What some heartbeats, at least one, tell of a feed."""
    newest = sorted(set(beats))[-BEATS_KEPT:]
    return Heard(Rhythm(first_at=newest[0], beats=tuple(newest)))


def merged(a: Rhythm, b: Rhythm) -> Rhythm:
    """What both know."""
    top = max(a.heard_at, b.heard_at)
    pauses = [one.pause for one in (a, b) if one.pause is not None]
    return Rhythm(
        first_at=min((one.first_at for one in (a, b) if one.first_at != NEVER), default=NEVER),
        heard_at=top,
        newest_at=max(a.newest_at, b.newest_at),
        hours=_aged(a.hours, (a.heard_at, top), HOUR_MS, HOURS_KEPT)
        | _aged(b.hours, (b.heard_at, top), HOUR_MS, HOURS_KEPT),
        days=_aged(a.days, (a.heard_at, top), DAY_MS, DAYS_KEPT) | _aged(b.days, (b.heard_at, top), DAY_MS, DAYS_KEPT),
        beats=tuple(sorted({*a.beats, *b.beats})[-BEATS_KEPT:]),
        tells=a.tells or b.tells,
        contacts=a.contacts or b.contacts,
        pause=max(pauses, key=lambda one: (one.resumed_at, one.late_at), default=None),
    )


def _aged(bits: int, span: tuple[int, int], step_ms: int, size: int) -> int:
    """`bits` that were seen from the first instant of `span`, seen from its last."""
    return bits << min(span[1] // step_ms - span[0] // step_ms, size) & (1 << size) - 1 if bits else 0


@lru_cache(maxsize=1_024)
def patience_ms(rhythm: Rhythm, said_ms: int | None = None) -> int:
    """How long the feed may be quiet; `said_ms` is what somebody said of it."""
    if said_ms is not None:
        return said_ms
    interval = rhythm.beats_ms
    if interval is not None:
        return _beat_patience(interval)
    gap, is_rare = gap_hours(rhythm), rhythm.is_rare
    if rhythm.heard_at - rhythm.first_at < YOUNG_MS and not is_rare:
        return max(GAPS * gap * HOUR_MS, YOUNG_PATIENCE_MS)
    if not is_rare and gap < DAY_HOURS and not rhythm.kept.usual_quiet():
        return max(GAPS * gap * HOUR_MS, PATIENCE_MIN_MS)
    days = strange_days(rhythm.kept, is_rare=is_rare)
    return (rhythm.alive_at // DAY_MS + days + 1) * DAY_MS - rhythm.alive_at


def gap_hours(rhythm: Rhythm) -> int:
    """The longest usual time between two hours in which it was heard, in hours."""
    quiet = sorted(len(zeros) + 1 for zeros in f"{rhythm.hours:b}".strip("0").split("1")[1:-1])
    if len(quiet) > 1 and rhythm.heard_at - rhythm.first_at >= HOURS_KEPT * HOUR_MS:
        quiet.pop()
    return quiet[-1] if quiet else 1


@lru_cache(maxsize=1_024)
def until(rhythm: Rhythm, said_ms: int | None = None) -> int:
    """Until when the feed's quiet is believed, whatever the time is now."""
    alive_at, last = rhythm.alive_at, rhythm.alive_at + patience_ms(rhythm, said_ms)
    if rhythm.beats_ms is not None or rhythm.is_rare:
        return last
    missed, hour = 0.0, alive_at // HOUR_MS + 1
    while hour * HOUR_MS < last:
        missed += _expected(rhythm, hour)
        hour += 1
        if missed >= 1.0:
            return min(hour * HOUR_MS, last)
    return last


def known_until(rhythm: Rhythm, now: int, said_ms: int | None = None) -> int:
    """Until when silence of this feed may be believed at `now`; `FAR` while nothing is amiss."""
    if rhythm.pause is not None and rhythm.pause.lasts(now, rhythm.beats[-1] if rhythm.beats else NEVER):
        return rhythm.pause.held_at
    found = until(rhythm, said_ms)
    return FAR if now <= found else found


def is_gone(rhythm: Rhythm, now: int) -> bool:
    """Whether it was quiet for so long that it no longer counts."""
    return now - rhythm.alive_at > max(GONE_MS, patience_ms(rhythm) + GONE_AFTER_MS)


def paused(new: Heard, before: Rhythm, now: int, said_ms: int | None = None) -> Rhythm:
    """What the batch `new` of a feed of which `before` was known brought, with the pause that it makes or goes on.

    What it tells belatedly of the days on which it was missed counts for them: they were not quiet.
    """
    pause, rhythm = pause_of(new, before, now, said_ms), new.rhythm
    if pause is None or not pause.lasts(now) or before.is_rare or before.heard_at - before.first_at < YOUNG_MS:
        return replace(rhythm, pause=pause)
    top = rhythm.heard_at // DAY_MS
    missed = (1 << max(top - pause.held_at // DAY_MS + 1, 0)) - (1 << max(top - pause.resumed_at // DAY_MS, 0))
    return replace(rhythm, pause=pause, days=rhythm.days | new.happened & missed)


def pause_of(new: Heard, before: Rhythm, now: int, said_ms: int | None = None) -> Pause | None:
    """The pause of a feed of which `before` was known and that is heard at `now`; None while it was not missed."""
    pause = before.pause
    if pause is not None and pause.lasts(now):
        return replace(pause, late_at=now) if new.belated else pause
    held_at = until(before, said_ms)
    if new.rhythm.first_at <= held_at or is_gone(before, new.rhythm.first_at):
        return pause
    return Pause(held_at, now, now)


def _expected(rhythm: Rhythm, hour: int) -> float:
    """The share of the weeks before (of the days before, in the first week) in which it was heard in that hour."""
    top, first = rhythm.heard_at // HOUR_MS, rhythm.first_at // HOUR_MS
    for step, most in ((WEEK_HOURS, WEEKS), (DAY_HOURS, WEEK_HOURS // DAY_HOURS)):
        places = [top - hour + step * back for back in range(1, most + 1) if hour - step * back >= first]
        known: Sequence[int] = [place for place in places if 0 <= place < HOURS_KEPT]
        if known:
            return sum(rhythm.hours >> place & 1 for place in known) / len(known)
    return 0.0


def _beat_patience(interval_ms: int) -> int:
    return max(BEAT_INTERVALS * interval_ms, BEAT_PATIENCE_MIN_MS)
