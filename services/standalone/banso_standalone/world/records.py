"""What the accounts of a world do, as records of the topic usage-events: use in the plain form, friction as
CloudEvents with its feature and version, who an account is as Segment calls.

A record is a function of the spec, its day and its place in the day; its id too, so that a day that is sent again
is known. Nothing of the hidden states is in it. While a feed is dead the product's records wait, or those of the help
desk, and come together on the day it works again; no other depends on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from banso_common.clock import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS
from banso_common.contracts.codec import encode
from banso_common.contracts.topics import Topic, partition_of
from banso_common.log.port import Outgoing
from banso_standalone.world.days import Day, Ints, World
from banso_standalone.world.spec import ATTEMPTS, CONTACT, ENDED, FRICTION, RENEWED, State

TOLD = time(14, 45)
"""When a day's records are sent, in UTC: it is the same day then in Tokyo and in London."""
WORK_FROM = time(9)
WORK_MS = {"Asia/Tokyo": 9 * HOUR_MS, "Europe/London": 4 * HOUR_MS + 30 * MINUTE_MS}
"""How long the working day is until TOLD, by zone."""
BILLED = time(9, 30)
RELEASE_DAYS = 14
YEAR_DAYS = 365
STEMS = {True: ("青葉商事", "みなと工業", "北斗システム"), False: ("Aldgate", "Brook & Son", "Harbour Works")}
OWNERS = ("sato", "suzuki", "mori", "kato")

_USE = b'{"account":"%s","user":"u%d","name":"%s","at":%d,"id":"%d-%d","source":"product"}'
_FRICTION = (
    b'{"specversion":"1.0","id":"%d-%s-%d","source":"/product/%s","type":"%s","time":"%s","account":"%s","user":"u%d",'
    b'"data":{"feature":"%s","version":"%s"}}'
)
_SAID = b'{"account":"%s","user":"u%d","name":"%s","at":%d,"id":"%d-%d","source":"helpdesk"}'
_BILLED = b'{"account":"%s","name":"%s","at":%d,"id":"%d-%s","source":"billing"}'

Columns = tuple[Ints, list[bytes]]
"""Accounts, and their records' values."""


def account_name(number: int) -> str:
    """How the account is called in events."""
    return f"account-{number:05d}"


class WorldStory:
    """The days of a world as records."""

    def __init__(self, world: World) -> None:
        self.world = world
        spec, truth = world.spec, world.truth
        self._names = [account_name(number) for number in range(truth.n)]
        self._keys = np.array([name.encode() for name in self._names], object)
        self._users = np.maximum(1, np.minimum(truth.seats, 200))
        self._zones = ["Asia/Tokyo" if japanese else "Europe/London" for japanese in truth.japanese.tolist()]
        self._work_ms = np.array([WORK_MS[zone] for zone in self._zones])
        draw = np.random.default_rng([spec.seed, 3])
        self._renewal_day = draw.integers(1, YEAR_DAYS + 1, truth.n)
        self._acv = np.rint(truth.seats * draw.uniform(2.0, 6.0, truth.n)).astype(np.int64)
        self._new, self._committed = draw.random(truth.n) < 0.3, draw.random(truth.n) < 0.4

    @property
    def days(self) -> int:
        """How many days there are."""
        return self.world.days

    def columns(self, day: int, told_at: int, partitions: int) -> list[Outgoing]:
        """The records that are sent on `day`, at `told_at`."""
        lane = np.array([partition_of(name, partitions) for name in self._names], np.int64)
        midnight_at = told_at - told_at % DAY_MS
        happened, spec = self.world.day(day), self.world.spec
        parts = [self._described(day, midnight_at), self._billing(happened, midnight_at)]
        for one in _arriving(day, spec.dead_contacts):
            parts.append(self._contacts(self._then(happened, one), midnight_at - (day - one) * DAY_MS))
        for one in _arriving(day, spec.dead_feed):
            parts += self._product(self._then(happened, one), midnight_at - (day - one) * DAY_MS)
        return [
            Outgoing(Topic.USAGE_EVENTS, lane[accounts].tolist(), self._keys[accounts].tolist(), values)
            for accounts, values in parts
            if values
        ]

    def _then(self, happened: Day, number: int) -> Day:
        """The day `number`, which may be that which `happened`."""
        return happened if number == happened.number else self.world.day(number)

    def _product(self, happened: Day, midnight_at: int) -> Iterator[Columns]:
        draw = np.random.default_rng([self.world.spec.seed, 4, happened.number])
        accounts = np.repeat(np.arange(len(self._names)), happened.attempts)
        shares = np.cumsum([share for _, share in ATTEMPTS])
        which = np.minimum(np.searchsorted(shares, draw.random(len(accounts))), len(ATTEMPTS) - 1)
        names = np.array([name.encode() for name, _ in ATTEMPTS], object)[which]
        at, users = self._moments(happened.number, accounts, midnight_at, draw)
        rows = zip(self._keys[accounts], users, names, at.tolist(), range(len(accounts)), strict=True)
        yield accounts, [_USE % (key, user, name, when, happened.number, i) for key, user, name, when, i in rows]
        version = f"4.{happened.number // RELEASE_DAYS}".encode()
        for kind, counts in zip(FRICTION, happened.friction, strict=True):
            accounts = np.repeat(np.arange(len(self._names)), counts)
            at, users = self._moments(happened.number, accounts, midnight_at, draw)
            event = kind.event.encode()
            feature = event.replace(b" ", b".").split(b".")[0]
            times = np.datetime_as_string(at.astype("datetime64[ms]"), timezone="UTC").astype("S").tolist()
            rest = (feature, version)
            yield (
                accounts,
                [
                    _FRICTION % (happened.number, feature, i, feature, event, when, key, user, *rest)
                    for i, (when, key, user) in enumerate(zip(times, self._keys[accounts], users, strict=True))
                ],
            )

    def _contacts(self, happened: Day, midnight_at: int) -> Columns:
        draw = np.random.default_rng([self.world.spec.seed, 5, happened.number])
        accounts = np.repeat(np.arange(len(self._names)), happened.contacts)
        at, users = self._moments(happened.number, accounts, midnight_at, draw)
        rows = enumerate(zip(self._keys[accounts], users, at.tolist(), strict=True))
        values = [_SAID % (key, user, CONTACT.encode(), when, happened.number, i) for i, (key, user, when) in rows]
        return accounts, values

    def _billing(self, happened: Day, midnight_at: int) -> Columns:
        """Contracts that end, and those that are renewed on their day."""
        number = happened.number
        due = np.flatnonzero((number - self._renewal_day) % YEAR_DAYS == 0) if number else np.empty(0, np.int64)
        gone = self.world.truth.states(number) == State.GONE
        renewed = due[~gone[due]]
        at = [self._begin_at(number, account, midnight_at, BILLED) for account in [*happened.ended, *renewed]]
        names = [ENDED] * len(happened.ended) + [RENEWED] * len(renewed)
        accounts = np.concatenate([happened.ended, renewed]).astype(np.int64)
        rows = zip(self._keys[accounts], names, at, strict=True)
        return accounts, [
            _BILLED % (key, name.encode(), when, number, name.encode() + b"-" + key) for key, name, when in rows
        ]

    def _described(self, day: int, midnight_at: int) -> Columns:
        """Who the accounts are: all on the first day, later those whose contract has a new term."""
        gone = self.world.truth.states(day) == State.GONE
        again = (day - self._renewal_day) % YEAR_DAYS == 0
        accounts = np.flatnonzero(again & ~gone) if day else np.arange(len(self._names))
        return accounts, [encode(self._group(account, day, midnight_at)) for account in accounts.tolist()]

    def _group(self, account: int, day: int, midnight_at: int) -> dict[str, object]:
        japanese = bool(self.world.truth.japanese[account])
        terms = max(0, -(-(day + 1 - int(self._renewal_day[account])) // YEAR_DAYS))
        renewal = self.world.date_of(int(self._renewal_day[account]) + terms * YEAR_DAYS)
        stems = STEMS[japanese]
        return {
            "type": "group",
            "messageId": f"{day}-group-{account}",
            "groupId": self._names[account],
            "timestamp": self._begin_at(day, account, midnight_at, WORK_FROM),
            "traits": {
                "name": f"{stems[account % len(stems)]} {account}",
                "seats": int(self.world.truth.seats[account]),
                "acv": int(self._acv[account]) * (10_000 if japanese else 100),
                "currency": "JPY" if japanese else "USD",
                "owner": OWNERS[account % len(OWNERS)],
                "time_zone": self._zones[account],
                "locale": "ja-JP" if japanese else "en-GB",
                "commitment": "high" if self._committed[account] else "low",
                "category": "new" if self._new[account] else "existing",
                "renewal_at": renewal.isoformat(),
            },
        }

    def _moments(
        self, day: int, accounts: Ints, midnight_at: int, draw: np.random.Generator
    ) -> tuple[Ints, NDArray[np.int64]]:
        """For each of `accounts` an instant in its working hours, and the number of a user."""
        begins = {zone: self._begin(day, zone, midnight_at, WORK_FROM) for zone in WORK_MS}
        begin = np.array([begins[zone] for zone in self._zones])
        at = begin[accounts] + (draw.random(len(accounts)) * self._work_ms[accounts]).astype(np.int64)
        users = 1 + (draw.random(len(accounts)) * self._users[accounts]).astype(np.int64)
        return at, users

    def _begin_at(self, day: int, account: int, midnight_at: int, clock: time) -> int:
        return self._begin(day, self._zones[account], midnight_at, clock)

    def _begin(self, day: int, zone: str, midnight_at: int, clock: time) -> int:
        """The instant of `clock` in a zone on the UTC day that begins at `midnight_at`."""
        today = date(1970, 1, 1) + timedelta(midnight_at // DAY_MS)
        return int(datetime.combine(today, clock, ZoneInfo(zone)).timestamp()) * SECOND_MS


def _arriving(day: int, dead: tuple[int, int] | None) -> Iterator[int]:
    """The days whose events arrive on `day` through a feed that is dead between these."""
    if dead is None or not dead[0] <= day <= dead[1]:
        yield day
    elif day == dead[1]:
        yield from range(dead[0], day + 1)
