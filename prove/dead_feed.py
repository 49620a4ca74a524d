"""A feed that dies and whose backlog comes later, beside the same events without that: swept as in life. In a world it
is the product's first, then that of those who write.

Held against each other are what was said to the operator, what was said of customers while a feed was dead, and, once
the backlog is read, everything that was ever said of customers: of whom, what, and of which day.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import numpy as np
from sqlalchemy import select

from banso_common.clock import DAY_MS, HOUR_MS, MINUTE_MS
from banso_common.contracts.account_signal import (
    AccountSignal,
    SignalKind,
    SignalState,
    feed_subject,
    signal_decoder,
)
from banso_common.db.engine import connect
from banso_common.db.migrate import upgrade
from banso_common.db.transaction import reading
from banso_scoring import tables as t
from banso_scoring.domain.struggle.course import CODES, Stage
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.service import PACKAGE
from banso_scoring.sweep import Sweep
from banso_standalone.example_past import Moment, Telling
from banso_standalone.models import model_of
from banso_standalone.world.spec import WorldSpec
from prove import files
from prove.outages import Heard, Outage
from prove.report import Bar
from prove.told import moments_of

LOOK_MS = 6 * HOUR_MS
"""So often it is looked at what is to be said, a minute past the hour."""
DEAD_DAYS, AFTER_DAYS = (100, 110), 21
"""Of an invented world: from which day to which its product, or its help desk, is not heard, and how many days are told
after that."""
BEFORE_DAYS_MIN = 28
ACCOUNTS_MAX = 100
"""More are not invented for this: to be swept four times a day costs more than to be walked."""


class DeadFeed(msgspec.Struct, frozen=True):
    """What was said where feeds died, and beside it where they did not."""

    case: str
    died: list[str]
    """The feeds that died, as often as they did."""
    days: float
    """The longest that one was dead."""
    operator: list[int]
    """Messages to the operator while it was dead, for each of `died`."""
    operator_else: int
    """Messages to the operator about feeds that were not dead then."""
    operator_beside: int
    """Messages to the operator where no feed died."""
    accounts: int
    unknown: int
    """At most so many accounts were unknown while a feed was dead."""
    meanwhile: int
    """Alarms of customers while a feed was dead."""
    unfounded: int
    """Those of them that are not said where no feed died."""
    alarms: int
    """Alarms of customers, once the backlog is read, to the end."""
    alarms_beside: int
    """Alarms of customers where no feed died."""
    differing: int
    """Messages, of beginnings and of ends, that one of the two has and the other has not."""
    contacts: bool = False
    """Whether it is the feed of those who write that died."""
    contact_unknown: int = 0
    """At most so many accounts were in trouble, and it was unknown whether they wrote, while a feed was dead."""
    silent: int = 0
    """Alarms, of `unfounded`, that call an account silent."""


CONTACT_UNKNOWN = CODES[Stage.CONTACT_UNKNOWN]
Said = tuple[str, SignalKind, SignalState, int]
"""Of whom, what, whether it begins or ends, and when its episode began."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What is to be tried, so that a process of its own can do it: a world, or a file of events."""

    name: str
    world: WorldSpec | None = None
    file: Path | None = None
    model_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What was said in one telling."""

    signals: Sequence[AccountSignal]
    outages: Sequence[Outage]
    accounts: int
    unknown: int
    contact_unknown: int = 0

    def customers(self) -> dict[Said, AccountSignal]:
        """What was said of customers."""
        found = (one for one in self.signals if one.kind is not SignalKind.FEED_STALE)
        return {(one.account, one.kind, one.state, one.opened_at): one for one in found}

    def operator(self) -> list[AccountSignal]:
        """What was said of feeds that are missed."""
        opened = [one for one in self.signals if one.state is SignalState.OPENED]
        return [one for one in opened if one.kind is SignalKind.FEED_STALE]


def tried(trial: Trial) -> list[DeadFeed]:
    """The figures of a trial; none when no feed dies in it, or its world is too short. Raises SettingsError."""
    model = model_of(trial.model_file)
    if trial.world is not None:
        specs, days = dying(trial.world), min(DEAD_DAYS[1] + AFTER_DAYS, trial.world.days)
        alive, *dead = [asyncio.run(told(moments_of(one, days), model)) for one in specs] or [NOTHING]
    elif trial.file is not None and files.has_backlog(trial.file):
        alive, *dead = [asyncio.run(told(files.read(trial.file, late=late).moments(), model)) for late in (False, True)]
    else:
        return []
    names = [trial.name, f"{trial.name}, contacts"]
    found = [compared(name, one, alive, contacts=name != trial.name) for name, one in zip(names, dead, strict=False)]
    return [one for one in found if one.died]


def dying(spec: WorldSpec) -> list[WorldSpec]:
    """The world with no more accounts than are needed, then with a product that is not heard for some days, then with a
    help desk that is not; none for one that is too short."""
    until = min(DEAD_DAYS[1], spec.days - AFTER_DAYS)
    since = until - (DEAD_DAYS[1] - DEAD_DAYS[0])
    if since < BEFORE_DAYS_MIN:
        return []
    steady = replace(spec, accounts=min(spec.accounts, ACCOUNTS_MAX))
    return [steady, replace(steady, dead_feed=(since, until)), replace(steady, dead_contacts=(since, until))]


NOTHING = Told([], [], 0, 0)


async def told(heard: Iterable[Moment], model: SuccessModel) -> Told:
    """All that is said when this is heard and looked at again and again. Raises Refused."""
    noted, unknown, contact_unknown, accounts = Heard(), 0, 0, 0
    with TemporaryDirectory(prefix="banso-") as folder:
        engine = connect(f"sqlite+aiosqlite:///{Path(folder) / 'dead.db'}")
        try:
            await upgrade(engine, PACKAGE)
            telling = Telling(engine, model)
            sweep = Sweep(telling.member)
            for at, columns in looked_at(heard):
                noted.take(await telling.hear(at, columns))
                if not columns:
                    await sweep(at)
                    portfolio = telling.member.portfolio
                    accounts = len(portfolio)
                    unknown = max(unknown, int(np.count_nonzero(portfolio.stale_feeds(np.arange(accounts)))))
                    stages = portfolio.columns.current.trouble_stage[:accounts]
                    contact_unknown = max(contact_unknown, int(np.count_nonzero(stages == CONTACT_UNKNOWN)))
            async with reading(engine) as tx:
                rows = (await tx.execute(select(t.outbox.c.value).order_by(t.outbox.c.seq))).scalars()
                signals = [signal_decoder.decode(bytes(value)) for value in rows]
        finally:
            await engine.dispose()
    return Told(signals, noted.outages(), accounts, unknown, contact_unknown)


def looked_at(heard: Iterable[Moment]) -> Iterator[Moment]:
    """What is heard, with moments between at which nothing is, until a day after the last."""
    at, look_at = 0, 0
    for at, columns in heard:
        look_at = look_at or (at // LOOK_MS + 1) * LOOK_MS + MINUTE_MS
        while look_at <= at:
            yield look_at, []
            look_at += LOOK_MS
        yield at, columns
    for one in range(look_at, at + DAY_MS, LOOK_MS):
        yield one, []


def compared(name: str, dead: Told, alive: Told, *, contacts: bool = False) -> DeadFeed:
    """The figures of both tellings."""
    said, beside, operator = dead.customers(), alive.customers(), dead.operator()
    about = {
        outage: [one for one in operator if one.account == feed_subject(outage.source) and outage.holds(one.said_at)]
        for outage in dead.outages
    }
    opened = {key: one for key, one in said.items() if one.state is SignalState.OPENED}
    meanwhile = [key for key, one in opened.items() if any(outage.holds(one.said_at) for outage in dead.outages)]
    unfounded = [key for key in meanwhile if key not in beside]
    return DeadFeed(
        case=name,
        died=[outage.source for outage in dead.outages],
        days=max(((one.again_at - one.heard_at) / DAY_MS for one in dead.outages), default=0.0),
        operator=[len(some) for some in about.values()],
        operator_else=len(operator) - sum(map(len, about.values())),
        operator_beside=len(alive.operator()),
        accounts=dead.accounts,
        unknown=dead.unknown,
        meanwhile=len(meanwhile),
        unfounded=len(unfounded),
        alarms=len(opened),
        alarms_beside=sum(one.state is SignalState.OPENED for one in beside.values()),
        differing=len(said.keys() ^ beside.keys()),
        contacts=contacts,
        contact_unknown=dead.contact_unknown,
        silent=sum(opened[key].kind is SignalKind.SILENT_STRUGGLING for key in unfounded),
    )


def dead_bars(found: Sequence[DeadFeed]) -> list[Bar]:
    """The bars of all trials together, of products and of those who write."""
    if not found:
        return []
    made: list[Bar] = []
    for what, some in (
        ("dead feed", [one for one in found if not one.contacts]),
        ("dead contacts", [one for one in found if one.contacts]),
    ):
        if not some:
            continue
        worst = max((count for one in some for count in one.operator), key=lambda count: abs(count - 1))
        unfounded, differing = sum(one.unfounded for one in some), sum(one.differing for one in some)
        made += [
            Bar(f"{what}: messages to the operator about each (the worst)", "= 1", float(worst), worst == 1),
            Bar(f"{what}: alarms meanwhile that are said nowhere else", "= 0", float(unfounded), unfounded == 0),
            Bar(f"{what}: messages that differ after the backlog", "= 0", float(differing), differing == 0),
        ]
    silent = sum(one.silent for one in found if one.contacts)
    if any(one.contacts for one in found):
        made.append(Bar("dead contacts: accounts called silent meanwhile", "= 0", float(silent), silent == 0))
    quiet = sum(one.operator_else for one in found)
    return [*made, Bar("messages to the operator about feeds that were only quiet", "= 0", float(quiet), quiet == 0)]
