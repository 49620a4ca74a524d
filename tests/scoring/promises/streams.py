"""Random streams of activities, and their fold in plain Python: what every store must come to, by whatever way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from banso_common.clock import DAY_MS, HOUR_MS
from banso_common.contracts.account_activity import AccountActivity, ActivityKind, Scalar
from banso_common.contracts.codec import identity_of
from tests.conftest import START_AT

ACCOUNTS = ("acme", "Ächzen GmbH", "株式会社", "zeta")
NAMES = ("report.created", "export error", "help", "支払い")
USERS = ("", "ann", "bob", "cid")
VALUE_MAX = 2**63 - 1
EPOCH = datetime(1970, 1, 1)

Part = tuple[int, int, frozenset[int]]
Facts = dict[tuple[str, int], dict[tuple[str, int], Part]]


def event(
    number: int, account: str, name: str, at: int, *, user: str = "", value: int = 0, after: int = 0
) -> AccountActivity:
    """The usage event `number`, received `after` ms later than it happened."""
    return AccountActivity(
        v=1,
        kind=ActivityKind.USAGE,
        identity=identity_of("app", str(number)),
        id=str(number),
        source="app",
        account=account,
        name=name,
        occurred_at=at,
        received_at=at + after,
        user=user or None,
        user_key=identity_of(account, user) if user else 0,
        value=value or None,
    )


def told(number: int, account: str, at: int, said: Mapping[str, Scalar]) -> AccountActivity:
    """The statement `number` of an account."""
    return AccountActivity(
        v=1,
        kind=ActivityKind.ACCOUNT,
        identity=identity_of("crm", str(number)),
        id=str(number),
        source="crm",
        account=account,
        name="group",
        occurred_at=at,
        received_at=at,
        properties=dict(said),
    )


values = st.one_of(st.integers(-VALUE_MAX, VALUE_MAX), st.sampled_from([0, VALUE_MAX, -VALUE_MAX, 1_000_000]))
ages = st.one_of(st.integers(0, 3 * DAY_MS), st.integers(0, 90 * DAY_MS))
delays = st.sampled_from([0, 0, 0, 1, HOUR_MS, DAY_MS, 40 * DAY_MS])
attributes = st.fixed_dictionaries(
    {},
    optional={
        "name": st.one_of(st.none(), st.text("abcä", max_size=3)),
        "seats": st.integers(0, 50),
        "acv": st.integers(0, 2**40),
        "owner_email": st.sampled_from(["a@example.com", "b@example.com"]),
        "colour": st.booleans(),
        "objectives.pace.target": st.integers(0, 9),
        "objectives.pace.baseline": st.one_of(st.none(), st.integers(0, 9)),
        "objectives.pace.due_on": st.sampled_from(["2026-06-01", "2026-09-01"]),
        "objectives.pace.status": st.sampled_from(["agreed", "withdrawn"]),
        "objectives.pace.value": st.integers(0, 9),
    },
)


@st.composite
def streams(draw: st.DrawFn, most: int = 40) -> list[AccountActivity]:
    """Activities of several accounts: late and early ones, with and without users, amounts of every size."""
    made: list[AccountActivity] = []
    for number in range(draw(st.integers(1, most))):
        account, at = draw(st.sampled_from(ACCOUNTS)), START_AT - draw(ages)
        if draw(st.integers(0, 9)) == 0:
            made.append(told(number, account, at, draw(attributes)))
            continue
        made.append(
            event(
                number,
                account,
                draw(st.sampled_from(NAMES)),
                at,
                user=draw(st.sampled_from(USERS)),
                value=draw(values),
                after=draw(delays),
            )
        )
    return made


@st.composite
def arrivals(draw: st.DrawFn, stream: Sequence[AccountActivity]) -> list[list[AccountActivity]]:
    """Another way for `stream` to arrive: permuted, some of it again and again, cut into batches."""
    again = draw(st.lists(st.sampled_from(stream), max_size=len(stream)))
    order = draw(st.permutations([*stream, *again]))
    cuts = sorted(draw(st.lists(st.integers(0, len(order)), max_size=6)))
    return [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True) if a < b]


def local_day(at: int, zone: ZoneInfo) -> int:
    """The day in `zone` of the instant `at`, by the standard library alone."""
    return (datetime.fromtimestamp(at // 1_000, UTC).astimezone(zone).replace(tzinfo=None) - EPOCH).days


@dataclass
class Fold:
    """What `stream` comes to: every activity counts once, in the order of the first time that it comes."""

    zones: Mapping[str, ZoneInfo] = field(default_factory=dict)
    facts: Facts = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    repeats: int = 0

    def take(self, stream: Iterable[AccountActivity]) -> Fold:
        """Fold more of it."""
        for one in stream:
            if one.identity in self.seen:
                self.repeats += 1
                continue
            self.seen.add(one.identity)
            if one.kind is ActivityKind.USAGE:
                self._count(one)
        return self

    def _count(self, one: AccountActivity) -> None:
        zone = self.zones.get(one.account, ZoneInfo("UTC"))
        day = local_day(one.occurred_at, zone)
        known = max(day, local_day(one.received_at, zone))
        cells = self.facts.setdefault((one.account, day), {})
        count, total, users = cells.get((one.name, known), (0, 0, frozenset()))
        users |= {one.user_key} if one.user_key else frozenset()
        cells[(one.name, known)] = (count + 1, total + (one.value or 0), users)
