"""A switch to another success model as the API and the command tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ConfigDict
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_scoring import switch_store
from banso_scoring.api.render import instant_or_none
from banso_scoring.switch_store import Stage

_EXAMPLE: dict[str, Any] = {
    "current": "b2b-software@45155efe3091",
    "switched_at": "2026-10-01T03:12:45.120Z",
    "wanted": "b2b-software@9f31c07a55d2",
    "wanted_at": "2026-11-21T09:00:00.000Z",
    "accounts": 1200,
    "judged": 512,
    "partitions": [
        {"partition": 0, "stage": "ready", "accounts": 512, "judged": 512},
        {"partition": 1, "stage": "measured", "accounts": 688, "judged": 0},
    ],
}


@dataclass(frozen=True, slots=True)
class SwitchPartition:
    """How far one partition is."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True)

    partition: int
    stage: str
    """`waiting`: nobody has begun, or its accounts are being measured; `measured`: they are being judged; `ready`."""
    accounts: int
    judged: int


@dataclass(frozen=True, slots=True)
class SwitchShown:
    """Which model counts, and the way to another."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True, json_schema_extra={"example": _EXAMPLE})

    current: str | None
    """The version that counts; null before the first start."""
    switched_at: str | None
    """Since when; null when it is the first."""
    wanted: str | None
    """The version that is being made; null when no switch is on."""
    wanted_at: str | None
    accounts: int
    """Accounts to be judged in the partitions that have begun."""
    judged: int
    partitions: list[SwitchPartition]
    """Empty when no switch is on."""


async def switch_shown(tx: AsyncConnection) -> SwitchShown:
    """What there is to tell now."""
    switch = await switch_store.read(tx)
    if switch is None:
        return SwitchShown(None, None, None, None, 0, 0, [])
    lanes = [] if switch.wanted is None else await switch_store.progress(tx)
    return SwitchShown(
        current=switch.current,
        switched_at=instant_or_none(switch.switched_at or None),
        wanted=switch.wanted,
        wanted_at=instant_or_none(switch.wanted_at),
        accounts=sum(lane.accounts for lane in lanes),
        judged=sum(lane.done for lane in lanes),
        partitions=[SwitchPartition(one.lane, _stage(one.stage), one.accounts, one.done) for one in lanes],
    )


def _stage(stage: Stage | None) -> str:
    return "waiting" if stage is None else str(stage)
