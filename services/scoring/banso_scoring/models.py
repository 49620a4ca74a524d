"""The compiled success models by version: those that this process was given, and those in the store."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.telemetry.logs import logger
from banso_scoring import switch_store
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.model.findings import ModelError
from banso_scoring.model.load import load_stored

KEPT_MAX = 64

log = logger("scoring")


class Models:
    """A version names a file; a newer banso that reads it in a new way still calls it by that name."""

    def __init__(self, given: SuccessModel) -> None:
        self.given = given
        self._known: dict[str, SuccessModel | None] = {}

    async def of(self, tx: AsyncConnection, version: str) -> SuccessModel | None:
        """The model of this version; None when it is not stored, or cannot be read by this banso."""
        if version == self.given.version:
            return self.given
        if version not in self._known:
            text = await switch_store.text_of(tx, version)
            if not text:
                return None
            if len(self._known) >= KEPT_MAX:
                self._known.clear()
            self._known[version] = _compiled(text, version)
        return self._known[version]

    async def current(self, tx: AsyncConnection) -> SuccessModel:
        """The model that counts; the given one in a store that was never started. Raises Unavailable when this
        banso cannot read it."""
        switch = await switch_store.read(tx)
        return self.given if switch is None else await self.required(tx, switch.current)

    async def required(self, tx: AsyncConnection, version: str) -> SuccessModel:
        """The model of this version. Raises Unavailable when this banso cannot read it."""
        model = await self.of(tx, version)
        if model is None:
            raise switch_store.Unreadable(version)
        return model


def _compiled(text: str, version: str) -> SuccessModel | None:
    try:
        model, doubts = load_stored(text, version)
    except ModelError as fault:
        log.error("a stored model cannot be read", version=version, why=fault.reason)
        return None
    if doubts:
        log.warning("a stored model has what is refused today; it counts as it is", version=version, why=doubts)
    return model
