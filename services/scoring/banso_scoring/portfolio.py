"""The accounts that this member owns, in memory: who they are, how they stand, and their facts as columns.

Everything here can be rebuilt from the store, and is, whenever a lane is taken or a write failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso_common.clock import DAY_MS
from banso_common.contracts.account_activity import AccountAttributes
from banso_common.contracts.account_signal import TouchModel
from banso_scoring.domain.facts.fact_columns import FactColumns
from banso_scoring.domain.facts.live import WORD, LiveWindow
from banso_scoring.domain.facts.panel import Panel
from banso_scoring.domain.facts.profile import Profile, attributes
from banso_scoring.domain.facts.said_past import SaidPast, SaidThen
from banso_scoring.domain.facts.stated import Statements
from banso_scoring.domain.facts.statements import StatementTable
from banso_scoring.domain.feeds.rhythm import FAR
from banso_scoring.domain.incident.explained import Explained
from banso_scoring.domain.incident.signature_days import SignatureDays
from banso_scoring.domain.matrix.matrix import cells
from banso_scoring.domain.matrix.touch import touch_of
from banso_scoring.domain.plan import plan
from banso_scoring.domain.plan.plan import Plan
from banso_scoring.domain.plan.plans import PlanColumns
from banso_scoring.domain.standing import Standing
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.feeds import Feeds
from banso_scoring.zones import Zones

Ints = NDArray[np.int64]
NEVER = np.iinfo(np.int64).max
KEPT = 4
"""Numbers that stand for what the history holds of an account; see `assess.kept_of`."""
SHOWN = 14
"""Numbers that stand for what an account shows; see `assess.shown_of`."""
NOTHING_SHOWN = -1
"""In all of them: whatever is found next is news, also when only the account's name or owner changed."""


@dataclass(slots=True)
class Columns:
    """Numbers of the accounts by index; grown together."""

    lane: Ints
    zone: Ints
    first_day: Ints
    last_day: Ints
    closed_day: Ints
    renewed_day: Ints
    """The newest day on which the contract was said to go on; -1 for none, as below."""
    ended_day: Ints
    stated_day: Ints
    """The newest day on which anything was said of the account, -1 for none."""
    undecided: NDArray[np.bool_]
    """Whose facts or attributes changed since their episodes were last decided."""
    feeds: Ints
    """The mask of the feeds that the account's events came through."""
    seats: NDArray[np.float64]
    renewal_at: NDArray[np.float64]
    shown: Ints
    kept: Ints
    kept_day: Ints
    """The newest day of which the history holds a row."""
    closed: Standing
    current: Standing

    @classmethod
    def new(cls, n: int) -> Columns:
        """Columns of n accounts that nothing is known of."""
        return cls(
            lane=np.zeros(n, np.int64),
            zone=np.zeros(n, np.int64),
            first_day=np.full(n, NEVER, np.int64),
            last_day=np.full(n, -1, np.int64),
            closed_day=np.zeros(n, np.int64),
            renewed_day=np.full(n, -1, np.int64),
            ended_day=np.full(n, -1, np.int64),
            stated_day=np.full(n, -1, np.int64),
            undecided=np.zeros(n, np.bool_),
            feeds=np.zeros(n, np.int64),
            seats=np.full(n, np.nan),
            renewal_at=np.full(n, np.nan),
            shown=np.full((n, SHOWN), NOTHING_SHOWN, np.int64),
            kept=np.full((n, KEPT), NOTHING_SHOWN, np.int64),
            kept_day=np.full(n, -1, np.int64),
            closed=Standing.new(n),
            current=Standing.new(n),
        )

    def grown(self, n: int) -> Columns:
        """The same columns with room for n accounts."""
        wider, here = Columns.new(n), np.arange(len(self.lane))
        for name in self.__slots__:
            if name not in ("closed", "current"):
                getattr(wider, name)[: len(here)] = getattr(self, name)
        wider.closed.put(here, self.closed)
        wider.current.put(here, self.current)
        return wider


class Portfolio:
    """The owned accounts by index 0..len-1. An index is valid until the next rebuild."""

    def __init__(self, model: SuccessModel, zones: Zones, now: int) -> None:
        self.model = model
        self.zones = zones
        self.feeds = Feeds()
        self.window = LiveWindow(model, zones.day(0, now))
        self.names: list[str] = []
        self.profiles: list[Profile] = []
        self.attributes: list[AccountAttributes] = []
        self.plans: dict[int, Plan] = {}
        self.plan_columns = PlanColumns()
        self.signature_days = SignatureDays(model)
        self.explained = Explained()
        """Whose trouble is told of as an incident, and what was said of that."""
        self.columns = Columns.new(1_024)
        self.backfilled: set[int] = set()
        self.waiting: set[int] = set()
        """Who is closed through an earlier day than others of the lane: time stands still for them, or did."""
        self.shown_since_at = 0
        """What was written until then nobody has seen: another model counted then, and all is news."""
        self.said = StatementTable.new(model.vocabulary, 1_024)
        self.said_past: SaidPast | None = None
        """All that was ever said of some accounts, where days are to be shown that are over."""
        self._index: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.names)

    def reach_back(self, day: int, today: int) -> None:
        """Let the window, still empty, show the past of `day` too, if that and today fit into it."""
        self.window = LiveWindow(self.model, min(today, max(day, today - WORD + 1)))

    def find(self, account: str) -> int | None:
        """The index of an account, None when it is not owned."""
        return self._index.get(account)

    def indices(self, accounts: Sequence[str], lane: int, today: int) -> Ints:
        """The index of each account of a lane, taking in those that are new."""
        index = self._index
        try:
            return np.array([index[account] for account in accounts], np.int64)
        except KeyError:
            for account in accounts:
                if account not in index:
                    self.add(account, lane, today)
            return np.array([index[account] for account in accounts], np.int64)

    def add(self, account: str, lane: int, today: int) -> int:
        """Take in an account that is not here yet; its yesterday counts as closed, with nothing known."""
        position = len(self.names)
        self._index[account] = position
        self.names.append(account)
        self.profiles.append({})
        self.attributes.append(AccountAttributes())
        if position >= len(self.columns.lane):
            self.columns = self.columns.grown(2 * len(self.columns.lane))
            self.said = self.said.grown(len(self.columns.lane))
        self.columns.lane[position] = lane
        self.columns.closed_day[position] = today - 1
        self.window.make_room(position + 1, today)
        return position

    def take_plans(self, plans: Mapping[str, Plan]) -> None:
        """Take in what was said of the plans of accounts that are here, before these are described."""
        self.plans.update((self._index[account], one) for account, one in plans.items())

    def describe(self, position: int) -> None:
        """Read the profile anew, after it changed."""
        said = attributes(self.profiles[position])
        self.attributes[position] = said
        self.columns.zone[position] = self.zones.id_of(said.time_zone)
        self.columns.seats[position] = np.nan if said.seats is None else said.seats
        self.columns.renewal_at[position] = np.nan if said.renewal_at is None else said.renewal_at
        day_of = self.day_of(position)
        self.said.describe(self.model.vocabulary, position, self.profiles[position], day_of)
        said_days = (day_of(at) for _, at, _ in self.profiles[position].values())
        self.columns.stated_day[position] = max(said_days, default=-1)
        if position in self.plans:
            said_of_plan = plan.agreed(self.plans[position], self.model.metric_index, self.day_of(position))
            self.plan_columns.put(position, said_of_plan)

    def remember(self, said: Mapping[str, Statements]) -> None:
        """Take in all that was ever said of accounts that are here and described."""
        self.said_past = SaidPast(self.model.vocabulary)
        for account, statements in said.items():
            position = self._index[account]
            self.said_past.hear(position, statements, self.day_of(position))

    def touch(self, position: int) -> TouchModel:
        """The touch model of the account: what its cell needs and its contract value allows."""
        said = self.attributes[position]
        cell = int(cells(self.model.matrix, self.columns.current.axis_value[:, position : position + 1])[0])
        return touch_of(self.model, cell, said.acv, said.currency).touch

    def day_of(self, position: int) -> Callable[[int], int]:
        """What gives the account's local day of an instant."""
        zone = int(self.columns.zone[position])
        return lambda at: self.zones.day(zone, at)

    def today(self, positions: Ints, now: int) -> Ints:
        """Each account's local day: it stands still for those of which a feed is missed."""
        until = np.minimum(self._believed_until(positions, now), now)
        days = self.zones.days(self.columns.zone[positions], until)
        return np.where(until < now, np.maximum(days, self.columns.closed_day[positions] + 1), days)

    def is_held(self, positions: Ints, now: int) -> NDArray[np.bool_]:
        """(n,): for whom time stands still at `now`."""
        return self._believed_until(positions, now) < now

    def stale_feeds(self, positions: Ints) -> Ints:
        """(n,): the number of the first stale feed of each account, counted from 1; 0 for none."""
        stale = self.feeds.stale_mask()
        if not stale:
            return np.zeros(len(positions), np.int64)
        low = self.columns.feeds[positions] & stale
        return np.asarray(np.log2(np.maximum(low & -low, 1)) + (low > 0), np.int64)

    def _believed_until(self, positions: Ints, now: int) -> Ints:
        """(n,): until when all feeds of each account may be believed."""
        limits = self.feeds.limits(now)
        if (limits >= now).all():
            return np.full(len(positions), FAR, np.int64)
        masks, place = np.unique(self.columns.feeds[positions], return_inverse=True)
        has = (masks[:, None] >> np.arange(len(limits)) & 1) > 0
        pipes = self.feeds.pipes()
        has &= pipes | ~(has & pipes).any(axis=1, keepdims=True)
        return np.asarray(np.where(has, limits, FAR).min(axis=1)[place])

    def come_in(self, positions: Ints, first_days: Ints, now: int) -> None:
        """Let the days of accounts that are new be closed one by one from where those of their feeds stand."""
        if self.is_held(positions, now).any():
            until = np.minimum(self._believed_until(positions, now), now)
            days = np.maximum(self.zones.days(self.columns.zone[positions], until), first_days) - 1
            self.columns.closed_day[positions] = np.minimum(days, self.columns.closed_day[positions])
            self.waiting.update(positions.tolist())

    def panel(self, positions: Ints, day: int) -> Panel:
        """The facts of these accounts at the end of `day`."""
        said = self._said_then(positions, day)
        panel = self.window.panel(positions, day, said.seats, self.columns.first_day[positions])
        plans, ended = self.plan_columns.on(positions, day), self._has_ended(positions, day)
        return replace(panel, renewal_in_days=said.renewal_day - day, ended=ended, plans=plans, said=said.statements)

    def restated(self, positions: Ints, day: int) -> list[str]:
        """The names of those of `positions` of which something was said after `day`."""
        return [self.names[p] for p in positions[self.columns.stated_day[positions] > day].tolist()]

    def _said_then(self, positions: Ints, day: int) -> SaidThen:
        columns = self.columns
        said = self.said.until(self.model.vocabulary, positions, day)
        stands = SaidThen(said, columns.seats[positions], columns.renewal_at[positions] / DAY_MS)
        if self.said_past is None:
            return stands
        return stands.where(columns.stated_day[positions] <= day, self.said_past.on(positions, day, NEVER))

    def _has_ended(self, positions: Ints, day: int) -> NDArray[np.bool_]:
        """(n,): whose contract is over on `day`: it ended, and was not renewed on that day or since."""
        ended, renewed = self.columns.ended_day[positions], self.columns.renewed_day[positions]
        return np.asarray((ended > renewed) & (ended <= day))

    def in_lanes(self, lanes: Iterable[int]) -> Ints:
        """The indices of all accounts of these lanes."""
        return np.flatnonzero(np.isin(self.columns.lane[: len(self)], list(lanes)))

    def add_facts(self, facts: FactColumns, today: int) -> None:
        """Project parts of the facts of owned accounts into the live window, and note the newest days in them."""
        if len(facts):
            self.window.make_room(len(self), max(int(facts.day.max()), today))
            positions = np.array([self._index[name] for name in facts.account_names], np.int64)
            self.window.add(facts, positions)
            self.signature_days.add(facts, positions, today)
            self.note_days(facts, positions)

    def note_days(self, facts: FactColumns, positions: Ints) -> None:
        """Note each account's newest day, and those on which its contract was renewed or ended."""
        columns, roles, accounts = self.columns, self.model.roles, positions[facts.account]
        np.maximum.at(columns.last_day, accounts, facts.day)
        for series, newest in ((roles.renewed, columns.renewed_day), (roles.ended, columns.ended_day)):
            names = [place for place, name in enumerate(facts.event_names) if series in self.model.series_of[name]]
            if names:
                some = np.isin(facts.name, names)
                np.maximum.at(newest, accounts[some], facts.day[some])
