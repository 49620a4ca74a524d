"""The closed standing of one account as bytes, phases and axes by key, so that a model that reorders them reads it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from banso_scoring.domain.matrix import matrix_names
from banso_scoring.domain.standing import AXES, CLOSED, KINDS, NO_DAY, NO_VALUE, OPENED, Standing
from banso_scoring.domain.struggle.course import CODES, STAGES, Stage
from banso_scoring.domain.success_model import SuccessModel

NOT_SINCE = [NO_DAY] * AXES
NEVER_TROUBLED = [NO_DAY] * (CLOSED + 1)


class _Stored(msgspec.Struct, array_like=True, frozen=True):
    band: int
    phase: str
    entered_day: int
    goal_since: int
    lapse_since: int
    open: list[bool]
    episode: list[int]
    opened_day: list[int]
    at: str = ""
    """Values of the matrix' axes by name."""
    following: str = ""
    following_since: list[int] = []
    """By axis, in the order of the model that stored it."""
    cell_day: int = NO_DAY
    pattern: str = ""
    pattern_day: int = NO_DAY
    pattern_until: int = NO_DAY
    trouble_days: list[int] = []
    """Empty for an account without trouble."""
    trouble_stage: str = "none"
    trouble_carried: float = 1.0


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Stored)


def encode(model: SuccessModel, standing: Standing) -> list[bytes]:
    """The bytes of each account of `standing`, in order."""
    phases = [phase.key for phase in model.journey]
    patterns = [*(pattern.key for pattern in model.patterns.any_of), ""]  # NO_VALUE is the last
    columns = zip(
        standing.band.tolist(),
        standing.phase.tolist(),
        standing.entered_day.tolist(),
        standing.goal_since.tolist(),
        standing.lapse_since.tolist(),
        standing.open.T.tolist(),
        standing.episode.T.tolist(),
        standing.opened_day.T.tolist(),
        matrix_names.written(model.matrix, standing.axis_value),
        matrix_names.written(model.matrix, standing.axis_next),
        standing.axis_since.T.tolist(),
        standing.cell_day.tolist(),
        [patterns[pattern] for pattern in standing.pattern.tolist()],
        standing.pattern_day.tolist(),
        standing.pattern_until.tolist(),
        [days if days[OPENED] != NO_DAY else [] for days in standing.trouble_days.T.tolist()],
        [str(STAGES[code]) for code in standing.trouble_stage.tolist()],
        standing.trouble_carried.tolist(),
        strict=True,
    )
    return [_encoder.encode(_Stored(band, phases[phase], *rest)) for band, phase, *rest in columns]


def decode(model: SuccessModel, stored: Sequence[bytes | None]) -> Standing:
    """The standing of those accounts, None for a newcomer; a phase that the model lost is read as its first."""
    phases = {phase.key: index for index, phase in enumerate(model.journey)}
    standing = Standing.new(len(stored))
    there = np.array([place for place, raw in enumerate(stored) if raw is not None], np.int64)
    if len(there) < len(stored):
        standing.put(there, decode(model, [raw for raw in stored if raw is not None]))
        return standing
    found = [_decoder.decode(raw) for raw in stored if raw is not None]
    if not found:
        return standing
    standing.band[:] = [s.band for s in found]
    standing.phase[:] = [phases.get(s.phase, 0) for s in found]
    standing.entered_day[:] = [s.entered_day for s in found]
    standing.goal_since[:] = [s.goal_since for s in found]
    standing.lapse_since[:] = [s.lapse_since for s in found]
    standing.open[:] = np.array([_padded(s.open, False) for s in found]).T
    standing.episode[:] = np.array([_padded(s.episode, 0) for s in found]).T
    standing.opened_day[:] = np.array([_padded(s.opened_day, NO_DAY) for s in found]).T
    standing.axis_value[:] = matrix_names.read(model.matrix, [s.at for s in found])
    standing.axis_next[:] = matrix_names.read(model.matrix, [s.following for s in found])
    since = np.array([s.following_since or NOT_SINCE for s in found], np.int32).T
    standing.axis_since[:] = np.where(standing.axis_next == NO_VALUE, NO_DAY, since)
    standing.cell_day[:] = [s.cell_day for s in found]
    patterns = {pattern.key: index for index, pattern in enumerate(model.patterns.any_of)}
    standing.pattern[:] = [patterns.get(s.pattern, NO_VALUE) for s in found]
    has = standing.pattern != NO_VALUE
    standing.pattern_day[:] = np.where(has, [s.pattern_day for s in found], NO_DAY)
    standing.pattern_until[:] = np.where(has, [s.pattern_until for s in found], NO_DAY)
    standing.trouble_days[:] = np.array([[*(s.trouble_days or NEVER_TROUBLED)] for s in found], np.int32).T
    standing.trouble_stage[:] = [CODES[Stage(s.trouble_stage)] for s in found]
    standing.trouble_carried[:] = [s.trouble_carried for s in found]
    return standing


def _padded(stored: Sequence[int], nothing: int) -> Sequence[int]:
    """By kind: what was stored before a kind was known holds nothing of it."""
    return stored if len(stored) == len(KINDS) else [*stored, *[nothing] * (len(KINDS) - len(stored))]
