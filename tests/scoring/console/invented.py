"""An invented portfolio for the pictures in the docs: forty firms whose days go by on the real path, by one seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from banso_common.clock import DAY_MS, HOUR_MS, MINUTE_MS
from banso_common.contracts.account_activity import MICRO, AccountActivity
from banso_scoring.sweep import Sweep
from tests.scoring.api.given import Tenant, statement, use

DAYS = 100
FIRMS = (
    *("青葉精機", "Northwind Cargo", "みなと信用金庫", "Helio Systems", "三条フーズ", "Kestrel Media", "北都建設"),
    *(
        "Lumen Labs",
        "桜台クリニック",
        "Atlas Freight",
        "光洋印刷",
        "Brightwater",
        "山吹製薬",
        "Orchard & Co",
        "東雲電機",
    ),
    *(
        "Polaris Retail",
        "白鷺物流",
        "Maple Insurance",
        "若葉学園",
        "Quill Legal",
        "高砂化学",
        "Redwood Energy",
        "瑞穂農園",
    ),
    *(
        "Sable Design",
        "千早ホテル",
        "Tern Aviation",
        "常盤倉庫",
        "Umber Foods",
        "藤代自動車",
        "Vela Robotics",
        "港南不動産",
    ),
    *(
        "Willow Health",
        "八雲テック",
        "Yarrow Bank",
        "清水鉄工",
        "Zephyr Games",
        "大和繊維",
        "Juniper Travel",
        "伊吹水産",
    ),
    "Cobalt Mining",
)
OWNERS = (
    ("佐藤 美咲", "sato@vendor.example"),
    ("Ana Ruiz", "ana@vendor.example"),
    ("田中 健", "tanaka@vendor.example"),
)


@dataclass(frozen=True, slots=True)
class Habit:
    """How a firm goes about it: chances a user and day by how long ago it is."""

    use: Callable[[int], float]
    trouble: Callable[[int], float] = lambda ago: 0.02
    writes: Callable[[int], float] = lambda ago: 0.006
    rating: int = 8
    since: int = DAYS
    people: float = 0.8
    """Share of the seats that is used at all; at least one."""
    pilot: bool = False


STEADY = Habit(lambda ago: 0.75)
KEEN = Habit(lambda ago: 0.9, rating=10)
YOUNG = Habit(lambda ago: 0.5, since=8)
PILOT = Habit(lambda ago: 0.4, since=16, people=0.2, pilot=True)
STUCK = Habit(lambda ago: 0.07, since=70, people=0.0)
FADING = Habit(lambda ago: min(0.75, 0.02 + ago / 90))
GONE = Habit(lambda ago: 0.7 if ago > 30 else 0.0)
SILENT = Habit(lambda ago: 0.75, lambda ago: 0.02 if ago > 18 else 0.55, lambda ago: 0.006 if ago > 18 else 0.0)
VOCAL = Habit(lambda ago: 0.7, lambda ago: 0.02 if ago > 20 else 0.45, lambda ago: 0.006 if ago > 20 else 0.14, 5)
SLOW = Habit(lambda ago: 0.35, people=0.0)
HABITS = (
    *(SILENT, STEADY, VOCAL, KEEN, FADING, STEADY, STUCK, STEADY, SILENT, YOUNG, STEADY, SLOW, STEADY, GONE, KEEN),
    *(STEADY, VOCAL, STEADY, FADING, STEADY, STUCK, SLOW, STEADY, PILOT, SILENT, KEEN, STEADY, FADING, STEADY, YOUNG),
    *(STEADY, SLOW, PILOT, GONE, STEADY, VOCAL, KEEN, STEADY, SLOW, STEADY),
)


async def live_through(scoring: Tenant) -> None:
    """Let the firms' days go by, one batch and one sweep a day; the clock stands at the end of the last one."""
    chance, begin = Random(11), scoring.clock.now()
    for day in range(DAYS):
        morning, ago = begin + day * DAY_MS, DAYS - 1 - day
        made = [one for firm in range(len(FIRMS)) for one in _day(firm, ago, morning, chance)]
        scoring.clock.move_to(morning + 9 * HOUR_MS)
        await scoring.take(made)
        await Sweep(scoring.member)(scoring.clock.now())


def _day(firm: int, ago: int, morning: int, chance: Random) -> Iterator[AccountActivity]:
    habit, account, seats = HABITS[firm], f"crm-{4_100 + 37 * firm}", 4 + 5 * (firm % 7)
    if ago >= habit.since:
        return
    if ago == min(habit.since, DAYS) - 1:
        yield statement(account, morning, **_said(firm, seats, morning))
        if habit.pilot:
            yield use(account, "pilot.started", morning, "u1")
    weekend = 0.15 if morning // DAY_MS % 7 in (2, 3) else 1.0
    for user in range(max(1, int(seats * habit.people))):
        if chance.random() > habit.use(ago) * weekend:
            continue
        for number in range(chance.randint(2, 7)):
            at = morning + (number * 61 + user) * MINUTE_MS // 2
            name = chance.choice(("report.created", "dashboard.viewed", "invoice.sent", "member.invited"))
            yield use(account, name, at, f"u{user}", number)
            if chance.random() < habit.trouble(ago):
                wrong = chance.choice(("export error", "export error", "import failed", "help viewed"))
                yield use(account, wrong, at + MINUTE_MS, f"u{user}", number)
        if chance.random() < habit.writes(ago):
            yield use(account, "ticket.opened", morning + user * MINUTE_MS, f"u{user}")
    if firm % 3 and ago % 30 == 7:
        rating = use(account, "nps.answered", morning, "u1")
        yield AccountActivity(
            **{name: getattr(rating, name) for name in rating.__struct_fields__ if name != "value"},
            value=max(0, min(10, habit.rating + chance.randint(-1, 0))) * MICRO,
        )


def _said(firm: int, seats: int, morning: int) -> dict[str, Any]:
    owner, mail = OWNERS[firm % 3]
    japanese = not FIRMS[firm].isascii()
    value = (firm * 7 % 11 + 1) * (900_000 if japanese else 6_000)
    return {
        "name": FIRMS[firm],
        "owner_name": owner,
        "owner_email": mail,
        "seats": seats,
        "acv": value * MICRO,
        "currency": "JPY" if japanese else "USD",
        "renewal_at": morning + (90 + firm * 53 % 420) * DAY_MS,
        "contact_name": "山田 太郎" if japanese else "Sam Lee",
        "time_zone": "Asia/Tokyo" if japanese else "Europe/London",
        "commitment": "high" if value > 4_000_000 else "low",
        "category": "new" if firm % 2 else "existing",
    }
