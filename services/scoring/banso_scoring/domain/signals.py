"""Episodes of what can be said of an account: opened at a threshold, closed below a lower one.

An episode has a number that rises by one with each opening, so that what is said has a name made of content.
NaN neither opens nor closes. Stepping again from the same previous columns says the same again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso_common.contracts.account_signal import MOMENTS, Band, SignalKind
from banso_scoring.domain.facts.panel import Bools, Floats, Ints
from banso_scoring.domain.facts.windows import Newest, Windows
from banso_scoring.domain.journey.journey import Journey
from banso_scoring.domain.standing import BAND_CODES, CLOSED, KIND_ROWS, KINDS, NO_DAY, SINCE, Standing
from banso_scoring.domain.struggle.silence import Struggle
from banso_scoring.domain.success_model import SuccessModel

NEVER = -np.inf
STRUGGLES = (SignalKind.SILENT_STRUGGLING, SignalKind.STRUGGLING)
BEYOND_DOUBT = math.log(20)
"""So far above its threshold (twenty times the odds) trouble is told before its day is over: what may still come of the
day, and what others meet in it, hardly ever brings it below."""
LATELY_DAYS = 28
"""How late a contact or the turn of a contract may be known and still be told, and how long after an episode began a
contact belongs to it."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The episodes that began or ended, one row each, sorted by account, then kind, closings first."""

    account: NDArray[np.intp]
    """Index of the account."""
    kind: NDArray[np.int8]
    """Index into `KINDS`."""
    opened: Bools
    """True: opened; False: closed."""
    episode: NDArray[np.int32]
    opened_day: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.account)


@dataclass(frozen=True, slots=True)
class Episodes:
    """The new (kinds, n) columns, and what changed."""

    open: Bools
    episode: NDArray[np.int32]
    opened_day: NDArray[np.int32]
    level: Floats
    """(kinds, n): what was held against the thresholds to open."""
    changes: Changes

    @property
    def in_trouble(self) -> Bools:
        """(n,): of whom it is told that they struggle."""
        return np.asarray(self.open[[KIND_ROWS[kind] for kind in STRUGGLES]].any(axis=0))


def step(model: SuccessModel, previous: Standing, levels: tuple[Floats, Floats], begun: NDArray[np.int32]) -> Episodes:
    """The episodes after `levels` (to open, to stay open; each (kinds, n)) were seen; one that opens began on `begun`,
    (n,) or (kinds, n).

    `struggling` does not open beside an open `silent-struggling`, which says more. A moment is an
    episode that never stays open; a day has at most one of a kind.
    """
    to_open, to_stay = levels
    is_open = previous.open.copy()
    episode, opened_day = previous.episode.copy(), previous.opened_day.copy()
    opens, closes = np.zeros_like(is_open), np.zeros_like(is_open)
    begun = np.broadcast_to(begun, is_open.shape)
    for row, rule in enumerate(model.signals):
        was = previous.open[row]
        begins = ~was & (to_open[row] >= rule.open) if rule.enabled else opens[row]
        if rule.kind in MOMENTS:
            begins &= opened_day[row] < begun[row]
        if rule.kind is SignalKind.STRUGGLING:
            begins &= ~is_open[KIND_ROWS[SignalKind.SILENT_STRUGGLING]]
        ends = was & (to_stay[row] < rule.close) if rule.enabled else was
        opens[row], closes[row] = begins, ends
        is_open[row] = False if rule.kind in MOMENTS else (was | begins) & ~ends
        if begins.any():
            episode[row] += begins
            opened_day[row] = np.where(begins, begun[row], opened_day[row])
    return Episodes(is_open, episode, opened_day, to_open, _changes(opens, closes, episode, opened_day))


def levels(model: SuccessModel, struggle: Struggle, band: NDArray[np.int8], journey: Journey) -> tuple[Floats, Floats]:
    """What each kind is opened and kept open by, (kinds, n) each.

    Log-odds for the two kinds of struggle: opening needs enough data, closing does not (the odds sink by
    themselves). With contact unknown nobody is called silent, and who was is no longer. 1 or 0 for the rest.
    """
    n = len(band)
    to_open, to_stay = np.full((len(KINDS), n), NEVER), np.full((len(KINDS), n), NEVER)
    critical = np.where(band == BAND_CODES[Band.CRITICAL], 1.0, 0.0)
    critical = np.where(band == BAND_CODES[Band.UNKNOWN], np.nan, critical)
    silent = np.where(np.isnan(struggle.log_odds), NEVER, struggle.log_odds)
    for kind, level in (
        (SignalKind.SILENT_STRUGGLING, silent),
        (SignalKind.STRUGGLING, struggle.trouble),
        (SignalKind.HEALTH_CRITICAL, critical),
        (SignalKind.STALLED, journey.stalled.astype(np.float64)),
        (SignalKind.GOAL_REACHED, journey.passed.astype(np.float64)),
    ):
        to_open[KIND_ROWS[kind]] = to_stay[KIND_ROWS[kind]] = level
    for kind in STRUGGLES:
        row = KIND_ROWS[kind]
        to_open[row] = np.where(struggle.enough_data, to_open[row], NEVER)
    return to_open, to_stay


def breaks_out(
    model: SuccessModel, trouble: Floats, opened_day: NDArray[np.integer], today: NDArray[np.integer]
) -> Bools:
    """(n,): whose trouble began today and is beyond doubt already; `opened_day`: on which it began."""
    threshold = model.signals[KIND_ROWS[SignalKind.STRUGGLING]].open + BEYOND_DOUBT
    return np.asarray((opened_day == today) & (trouble >= threshold))


def not_silent_yet(outbreak: Bools, levels: tuple[Floats, Floats]) -> None:
    """Let nobody be called silent, in `levels`, about trouble that broke out today: nobody had a day to write."""
    to_open, _ = levels
    to_open[KIND_ROWS[SignalKind.SILENT_STRUGGLING], outbreak] = NEVER


def undecided_contact(levels: tuple[Floats, Floats]) -> None:
    """Let both kinds of struggle stay as they are, in `levels`: who wrote is not known yet."""
    for level in levels:
        level[[KIND_ROWS[SignalKind.SILENT_STRUGGLING], KIND_ROWS[SignalKind.STRUGGLING]]] = np.nan


def untold_contact(levels: tuple[Floats, Floats]) -> None:
    """Let no contact be told of, in `levels`: others before it may come yet."""
    for level in levels:
        level[KIND_ROWS[SignalKind.CONTACT_MADE]] = np.nan


def without(ended: Bools, levels: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """The same levels, made so low that nothing opens and everything closes where the contract is over."""
    over = np.flatnonzero(ended)
    for level in levels:
        level[:, over] = NEVER
    return levels


def with_turns(
    model: SuccessModel, windows: Windows, previous: Standing, levels: tuple[Floats, Floats], today: Ints
) -> NDArray[np.int32]:
    """Write into `levels` the moments that are days of facts: a contact in trouble, the turn of a contract.

    Each is one when its newest day, of the last `LATELY_DAYS`, is after that of the one that was last told. Gives
    (kinds, n): the day on which what opens began, which is that of the fact, and today for the rest.
    """
    begun = np.tile(today.astype(np.int32), (len(KINDS), 1))
    contact, renewed, ended = (
        _newest(windows, series, today) for series in (model.roles.contact, model.roles.renewed, model.roles.ended)
    )
    troubled = np.zeros(windows.n, np.bool_)
    for kind in (*STRUGGLES, SignalKind.HEALTH_CRITICAL, SignalKind.STALLED):
        opened_day = previous.opened_day[KIND_ROWS[kind]]
        lately = (previous.episode[KIND_ROWS[kind]] > 0) & (opened_day > today - LATELY_DAYS)
        of_it = contact >= (_of_trouble(previous, opened_day) if kind in STRUGGLES else opened_day)
        troubled |= of_it & (previous.open[KIND_ROWS[kind]] | lately)
    for kind, newest, counts in (
        (SignalKind.CONTACT_MADE, contact, troubled),
        (SignalKind.CONTRACT_RENEWED, renewed, renewed >= ended),
        (SignalKind.CONTRACT_ENDED, ended, ended > renewed),
    ):
        row = KIND_ROWS[kind]
        happened = counts & (newest > previous.opened_day[row])
        begun[row] = np.where(happened, newest, begun[row])
        for level in levels:
            level[row] = np.where(happened, 1.0, NEVER)
    return begun


def _of_trouble(previous: Standing, opened_day: NDArray[np.int32]) -> NDArray[np.int32]:
    """(n,): the day from which a contact is about the trouble that an episode tells of, which may be older than it."""
    since, closed = previous.trouble_days[SINCE], previous.trouble_days[CLOSED]
    is_another = (since == NO_DAY) | ((closed != NO_DAY) & (closed < opened_day))
    return np.where(is_another, opened_day, np.minimum(since, opened_day))


def _newest(windows: Windows, series: int, today: Ints) -> Ints:
    """(n,): the newest of the last `LATELY_DAYS` on which an event of `series` was seen, -1 for none."""
    since = windows.of(series, Newest())
    lately = since < LATELY_DAYS
    return np.where(lately, today - np.where(lately, since, 0.0), -1.0).astype(np.int64)


def _changes(opens: Bools, closes: Bools, episode: NDArray[np.int32], opened_day: NDArray[np.int32]) -> Changes:
    kinds, accounts = np.nonzero(opens | closes)
    order = np.lexsort((kinds, opens[kinds, accounts], accounts))
    kinds, accounts = kinds[order], accounts[order]
    return Changes(
        account=accounts,
        kind=kinds.astype(np.int8),
        opened=opens[kinds, accounts],
        episode=episode[kinds, accounts],
        opened_day=opened_day[kinds, accounts],
    )
