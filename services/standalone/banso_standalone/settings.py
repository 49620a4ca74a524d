"""What the standalone reads from its environment, beside what its services read."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, field_validator

from banso_common.settings import CommonSettings


class Example(StrEnum):
    """What a fresh data folder is filled with."""

    OULAD = "oulad"
    NONE = "none"


class StandaloneSettings(CommonSettings):
    """`BANSO_REPLAY` counts when the data folder is new; the folder then remembers it."""

    partitions: int = Field(default=2, ge=1, le=512)
    """Fewer than where several members share them: each costs a little with every transaction."""

    replay: Example = Example.OULAD
    replay_presentation: str = Field(default="2014J", pattern=r"^20[0-9]{2}[BJ]$")
    replay_modules: str = "AAA,DDD"
    """Modules of the extract with commas between, or `all`. The two are told in a minute, one in each language."""

    @field_validator("replay_modules")
    @classmethod
    def _listed(cls, written: str) -> str:
        if not all(part.strip().isalnum() for part in written.split(",")):
            raise ValueError("write module names with commas between, such as AAA,GGG, or `all`")
        return written

    @property
    def modules(self) -> frozenset[str]:
        """The modules that are wanted; an empty set means all."""
        named = {part.strip() for part in self.replay_modules.split(",")}
        return frozenset() if "all" in named else frozenset(named)
