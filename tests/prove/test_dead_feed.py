"""A feed that dies is found in what was heard, and a world with one is held against the same world without it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from banso_common.clock import DAY_MS, HOUR_MS, MINUTE_MS
from banso_common.contracts.account_activity import AccountActivity, ActivityKind
from banso_common.contracts.account_signal import SignalKind, SignalState
from banso_common.contracts.codec import encode
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.model.load import default_model
from banso_standalone.example_past import Moment
from banso_standalone.world.spec import WorldSpec
from prove.dead_feed import DeadFeed, Told, Trial, compared, dead_bars, dying, looked_at, told, tried
from prove.dead_feed_shown import show_dead_feeds
from prove.outages import Heard, Outage
from tests.alerts.made import signal
from tests.conftest import START_AT

DAYS, DEAD, AGAIN_HOUR = 26, (15, 20), 12
"""How long the story is, and from which day to the noon of which its product is not heard."""


def heard(*pairs: tuple[float, float], source: str = "app") -> Heard:
    """Events by the days on which they happened and were received."""
    found = Heard()
    found.take(
        encode(
            AccountActivity(
                v=1,
                kind=ActivityKind.USAGE,
                identity=number,
                id=str(number),
                source=source,
                account="acme",
                name="act",
                occurred_at=round(occurred * DAY_MS),
                received_at=round(received * DAY_MS),
            )
        )
        for number, (occurred, received) in enumerate(pairs)
    )
    return found


DAILY = [(float(day), float(day)) for day in range(10)]


def test_a_feed_whose_news_of_days_come_together_was_dead() -> None:
    late = [(day + 0.5, 20.0) for day in range(10, 20)]
    assert heard(*DAILY, *late).outages() == [Outage("app", 9 * DAY_MS, 20 * DAY_MS)]


@pytest.mark.parametrize(
    "later",
    [
        [(20.0, 20.0)],  # nothing happened meanwhile
        [(9.5, 11.0)],  # two days are usual, or nearly
        [(10.0, 10.0), (3.0, 11.0)],  # a straggler
    ],
)
def test_a_quiet_or_a_slow_feed_was_not(later: list[tuple[float, float]]) -> None:
    assert heard(*DAILY, *later).outages() == []


def test_a_feed_that_always_tells_of_a_week_at_once_was_never_dead() -> None:
    weekly = [(7 * week - back, 7.0 * week) for week in range(1, 8) for back in range(7)]
    assert heard(*weekly).outages() == []


def test_what_is_heard_is_looked_at_four_times_a_day_and_a_day_longer() -> None:
    moments = list(looked_at([(10 * HOUR_MS, ["a"]), (25 * HOUR_MS, ["b"])]))  # type: ignore[list-item]
    looks = [at for at, columns in moments if not columns]
    assert looks == [hour * HOUR_MS + MINUTE_MS for hour in (12, 18, 24, 30, 36, 42, 48)]
    assert [at for at, _ in moments] == sorted(at for at, _ in moments)


def story() -> Iterator[tuple[int, bytes, bool]]:
    """When, what, and whether it waits: six accounts work in every hour of the day, one meets much trouble while the
    product is not heard, others write to a help desk that is."""
    number, begin = 0, (START_AT // DAY_MS) * DAY_MS
    for day in range(DAYS):
        done = [("product", "record.edited", account, hour + 0.3) for account in range(6) for hour in range(8, 20)]
        if day in (DEAD[0] + 1, DEAD[0] + 2):
            done += [("product", "import.failed", 1, 9 + n / 10) for n in range(60)]
        if day % 3 == 0:
            done.append(("helpdesk", "ticket.opened", day % 6, 11.2))
        for source, name, account, hour in done:
            at = begin + day * DAY_MS + round(hour * HOUR_MS)
            late = source == "product" and DEAD[0] * 24 <= day * 24 + hour < DEAD[1] * 24 + AGAIN_HOUR
            number += 1
            event = {"account": f"a{account}", "name": name, "at": at, "id": str(number), "source": source, "user": "u"}
            yield at, encode(event), late


def write(file: Path) -> None:
    """The story as lines; what waits comes on the noon of the last dead day."""
    again_at = (START_AT // DAY_MS) * DAY_MS + DEAD[1] * DAY_MS + AGAIN_HOUR * HOUR_MS
    form = b'{"received_at":%d,"event":%%s}\n' % again_at
    file.write_bytes(b"".join((form if late else b"%s\n") % event for _, event, late in story()))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("dead") / "e.jsonl"
    write(made)
    return made


@pytest.fixture(scope="module")
def found(file: Path) -> DeadFeed:
    (done,) = tried(Trial("small", file=file))
    return done


def test_while_the_product_is_dead_nobody_is_alarmed_and_afterwards_the_same_was_said(found: DeadFeed) -> None:
    assert (found.died, found.operator, found.operator_else, found.operator_beside) == (["product"], [1], 0, 0)
    assert (found.accounts, found.unknown) == (6, 6)
    assert found.alarms == found.alarms_beside > 0
    assert (found.unfounded, found.differing) == (0, 0)
    assert [bar.met for bar in dead_bars([found])] == [True, True, True, True]


def test_without_the_watch_the_bars_are_missed(file: Path, found: DeadFeed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANSO_FEEDS_WATCHED", "false")
    (done,) = tried(Trial("small", file=file))
    assert (done.died, done.operator, done.unknown) == (found.died, [0], 0)
    assert done.differing > 0
    assert [bar.met for bar in dead_bars([done])][:3:2] == [False, False]


def test_a_file_without_a_backlog_and_a_world_without_a_dead_feed_are_not_tried(tmp_path: Path) -> None:
    (tmp_path / "e.jsonl").write_bytes(b'{"account":"a","name":"b","at":1767603600000}\n')
    assert tried(Trial("file", file=tmp_path / "e.jsonl")) == []
    assert dying(WorldSpec(weeks=8)) == []
    assert tried(Trial("short", WorldSpec(weeks=3))) == []


def test_of_a_world_only_what_is_needed_is_told_without_a_dead_feed_and_with_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tellings: list[int] = []

    async def short(heard: Iterable[Moment], model: SuccessModel) -> Told:
        tellings.append(sum(1 for _ in heard))
        return Told([], [], 0, 0)

    monkeypatch.setattr("prove.dead_feed.told", short)
    steady = WorldSpec(weeks=30, accounts=100)
    dead = [replace(steady, dead_feed=(100, 110)), replace(steady, dead_contacts=(100, 110))]
    assert dying(WorldSpec(weeks=30, accounts=600)) == [steady, *dead]
    assert tried(Trial("world", WorldSpec(weeks=30, accounts=1))) == []
    assert tellings == [131, 131, 131]


def test_messages_are_counted_by_whom_they_are_about_and_by_when_they_were_said() -> None:
    outage = Outage("app", 0, 10)
    stale = [
        signal("banso:feed/app", said_at=at, key=f"s{at}", kind=SignalKind.FEED_STALE, state=SignalState.OPENED)
        for at in (5, 6, 20)
    ]
    alarms = [
        signal(account=name, said_at=at, opened_at=1, key=name, kind=SignalKind.STRUGGLING, state=SignalState.OPENED)
        for name, at in (("a", 5), ("b", 5), ("c", 15))
    ]
    seen = compared("x", Told([*stale, *alarms], [outage], 3, 2), Told([alarms[0], alarms[2]], [], 3, 0))
    assert (seen.operator, seen.operator_else, seen.operator_beside) == ([2], 1, 0)
    assert (seen.meanwhile, seen.unfounded, seen.alarms, seen.alarms_beside, seen.differing) == (2, 1, 3, 2, 1)
    bars = dead_bars([seen])
    assert [(bar.value, bar.met) for bar in bars] == [(2.0, False), (1.0, False), (1.0, False), (1.0, False)]
    contacts = compared("x, contacts", Told([], [outage], 3, 2, 1), Told([], [], 3, 0), contacts=True)
    assert (contacts.contacts, contacts.contact_unknown, contacts.silent) == (True, 1, 0)
    apart = [(bar.what.split(":")[0], bar.value, bar.met) for bar in dead_bars([seen, contacts])]
    assert apart[3:] == [
        ("dead contacts", 0.0, False),
        ("dead contacts", 0.0, True),
        ("dead contacts", 0.0, True),
        ("dead contacts", 0.0, True),
        ("messages to the operator about feeds that were only quiet", 1.0, False),
    ]
    assert dead_bars([]) == []


def test_who_is_called_silent_while_those_who_write_are_not_heard_is_counted() -> None:
    kinds = (SignalKind.SILENT_STRUGGLING, SignalKind.STRUGGLING, SignalKind.SILENT_STRUGGLING)
    said = [
        signal(account=name, said_at=5, opened_at=1, key=name, kind=kind, state=SignalState.OPENED)
        for name, kind in zip("abc", kinds, strict=True)
    ]
    seen = compared("x", Told(said, [Outage("desk", 0, 10)], 3, 2), Told(said[2:], [], 3, 0), contacts=True)
    assert (seen.meanwhile, seen.unfounded, seen.silent) == (3, 2, 1)
    (bar,) = [bar for bar in dead_bars([seen]) if "silent" in bar.what]
    assert (bar.value, bar.met) == (1.0, False)


def test_the_table_says_what_was_found(found: DeadFeed) -> None:
    console = Console(file=StringIO(), width=130)
    show_dead_feeds(console, [found])
    assert isinstance(console.file, StringIO)
    shown = console.file.getvalue()
    assert "1 each" in shown
    assert "6 of 6" in shown


def test_nothing_heard_says_nothing() -> None:
    assert asyncio.run(told([], default_model())) == Told([], [], 0, 0)
