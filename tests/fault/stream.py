"""The stream that members are killed over: drawn from a seed, day by day, with repeats, late news and rubbish in it."""

from __future__ import annotations

import random
from collections.abc import Iterator

from banso_common.clock import DAY_MS, MINUTE_MS
from banso_common.contracts.account_activity import AccountActivity
from banso_common.contracts.codec import encode
from banso_common.contracts.topics import partition_of
from tests.conftest import START_AT
from tests.scoring.promises.streams import event, told

PARTITIONS = 4
ACCOUNTS = tuple(f"account-{number}" for number in range(10))
RECORDS_A_DAY = 120
REPEATED_SHARE = 0.12
RUBBISH_SHARE = 0.035
REPEATS_FROM_DAYS = 3
"""What is repeated was first said in the last days: within the window in which it is known. A repeat is not repeated
itself, for such a chain reaches beyond the window in the end."""

Day = list[tuple[int, bytes]]
"""Records in their order, each with its partition."""


def days(seed: int) -> Iterator[tuple[int, Day]]:
    """For ever: the instant at which a day's records are there, and the records."""
    draw, number = random.Random(seed), 0
    new: list[Day] = []
    while True:
        now = START_AT + len(new) * DAY_MS
        new.append([])
        made: Day = []
        for _ in range(RECORDS_A_DAY):
            number += 1
            before = [one for day in new[-REPEATS_FROM_DAYS - 1 :] for one in day]
            if before and draw.random() < REPEATED_SHARE:
                made.append(draw.choice(before))
            else:
                new[-1].append(_record(draw, number, now))
                made.append(new[-1][-1])
        yield now, made


def _record(draw: random.Random, number: int, now: int) -> tuple[int, bytes]:
    if draw.random() < RUBBISH_SHARE:
        return draw.randrange(PARTITIONS), b'{"v":1,"kind":"usage","identity":"' + str(number).encode()
    activity = _activity(draw, number, now)
    return partition_of(activity.account, PARTITIONS), encode(activity)


def _activity(draw: random.Random, number: int, now: int) -> AccountActivity:
    """Some accounts work on some weeks and are silent on others; news may be some days late."""
    week = (now - START_AT) // (7 * DAY_MS)
    awake = [a for place, a in enumerate(ACCOUNTS) if (place + week) % 3]
    account = draw.choice(awake)
    late = draw.choice([0, 0, 0, 0, DAY_MS, 4 * DAY_MS])
    at = now - late - draw.randrange(60) * MINUTE_MS
    if draw.random() < 0.04:
        return told(number, account, at, {"name": account.upper(), "seats": draw.randrange(1, 30)})
    name = "error" if draw.random() < 0.3 else "act"
    user = draw.choice(["", "ann", "bob", "cid"])
    return event(number, account, name, at, user=user, value=draw.randrange(-(10**15), 10**15), after=late)
