"""A past to be proved by: judged rules and measured plays, made by the product's own functions from invented rows."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from banso_alerts import tables as t
from banso_alerts.domain.plays import OwnText, Play
from banso_alerts.domain.proof.exposed import Measured
from banso_alerts.domain.proof.measurement import measured_plays
from banso_alerts.domain.proof.outcomes import Exposed, Later
from banso_alerts.domain.proof.precision import Floor
from banso_alerts.store.proof import findings, rules
from banso_common.clock import DAY_MS
from banso_common.contracts.account_signal import SignalKind, SignalState
from banso_common.db.rows import upsert
from banso_common.db.transaction import transaction
from tests.alerts.room import Room

SILENT, UNBLOCK, RESCUE = "call-the-silent", "unblock", "rescue"
MILLION = 1_000_000 * 1_000_000
RECORDS = (
    (SILENT, SignalKind.SILENT_STRUGGLING, 21, 26),
    (UNBLOCK, SignalKind.STALLED, 1, 18),
    (RESCUE, SignalKind.HEALTH_CRITICAL, 4, 9),
)


async def judge_all(room: Room) -> None:
    """Give three rules a record; that of `unblock` is surely below the floor."""
    now = room.clock.now()
    async with transaction(room.engine) as tx:
        for play, kind, right, judged in RECORDS:
            await rules.book(tx, [room.policy.play(play) or _missing(play)], now - 90 * DAY_MS, 0)
            founds = ["right"] * right + ["wrong"] * (judged - right)
            columns: dict[str, list[Any]] = {
                "signal_key": [f"{play}/{n}" for n in range(judged)],
                "play": [play] * judged,
                "kind": [kind.value] * judged,
                "decided_at": [now - DAY_MS + n for n in range(judged)],
                "found": founds,
                "source": ["person"] * judged,
                "known_at": [now - 3_600_000 + n for n in range(judged)],
                "is_final": [1] * judged,
                "judged_at": [now] * judged,
            }
            await upsert(tx, t.judgement, columns)
            await rules.settle(tx, (play, kind), Floor())


def _missing(play: str) -> Play:
    raise AssertionError(play)


def exposures(play: str, count: int, first_effect: float, half_life: float, now: int) -> Iterator[Measured]:
    """Accounts told or left alone, one after the other over 240 days; what telling adds fades."""
    dice = random.Random(play)
    for n in range(count):
        at = now - round((300 - 240 * n / count) * DAY_MS)
        told = dice.random() < 0.7
        lift = first_effect * 2 ** (-(240 * n / count) / half_life) if told else 0.0
        later = []
        if dice.random() < 0.3 + lift:
            later.append(Later(SignalKind.SILENT_STRUGGLING, SignalState.CLOSED, 1, at + 10 * DAY_MS))
        if dice.random() < 0.1:
            later.append(Later(SignalKind.CONTRACT_ENDED, SignalState.OPENED, 1, at + 60 * DAY_MS))
        yield Measured(
            play=play,
            account=f"{play}-{n}",
            told=told,
            share=0.3,
            stratum="s",
            dimensions=(("high", "tech")[n % 2], "operation", "dream"),
            variant="short" if n % 2 else "",
            currency="JPY",
            exposed=Exposed(SignalKind.SILENT_STRUGGLING, 1, at, (1 + n % 7) * MILLION),
            later=later,
        )


async def measure_all(room: Room) -> None:
    """One play that helps and fades, one that changes nothing, one with too few accounts."""
    now = room.clock.now()
    words = {"ja": OwnText("短く", ("短く",), ()), "en": OwnText("short", ("short",), ())}
    plays = [replace(play, variants={"short": words}) if play.name == SILENT else play for play in room.policy.plays]
    seen = [
        *exposures(SILENT, 6_000, 0.35, 60.0, now),
        *exposures(UNBLOCK, 900, 0.0, 60.0, now),
        *exposures(RESCUE, 30, 0.1, 60.0, now),
    ]
    async with transaction(room.engine) as tx:
        await findings.keep(tx, measured_plays(plays, seen, now), now)
