"""What was told of an account: which episodes are open, their numbers, and the days on which they opened.

It belongs to the account and not to a model, so it is stored beside the account and outlives a switch: what was
told under one model is neither told again nor forgotten under the next. A closed standing that a switch has just
made counts no episodes of its own (`UNCOUNTED`): for it counts what was told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec
import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.incident.explained import Part
from banso_scoring.domain.standing import Standing

UNCOUNTED = -1


class _Told(msgspec.Struct, array_like=True, frozen=True):
    open: list[bool]
    episode: list[int]
    opened_day: list[int]
    parts: list[Part] = []


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Told)


def encode(told: Standing, parts: Sequence[list[Part]] | None = None) -> list[bytes]:
    """The bytes of each account, in order; `parts`: of which incident its episodes were said to be a part."""
    said = [[]] * told.open.shape[1] if parts is None else parts
    columns = zip(told.open.T.tolist(), told.episode.T.tolist(), told.opened_day.T.tolist(), said, strict=True)
    return [_encoder.encode(_Told(*column)) for column in columns]


def parts_of(stored: bytes | None) -> list[Part]:
    """Of which incident the episodes of an account were said to be a part."""
    return [] if stored is None else _decoder.decode(stored).parts


def decode(stored: Sequence[bytes | None]) -> Standing:
    """What was told of those accounts; None is nothing. The rest of the standing is that of a newcomer."""
    told = Standing.new(len(stored))
    for column, raw in enumerate(stored):
        if raw is not None:
            found = _decoder.decode(raw)
            kinds = len(found.open)  # kinds are only ever added
            told.open[:kinds, column], told.episode[:kinds, column] = found.open, found.episode
            told.opened_day[:kinds, column] = found.opened_day
    return told


def with_episodes(standing: Standing, told: Standing) -> Standing:
    """`standing` with the episodes of `told`."""
    return replace(standing, open=told.open, episode=told.episode, opened_day=told.opened_day)


def uncounted(closed: Standing) -> Standing:
    """`closed` without episodes of its own."""
    return replace(closed, open=np.zeros_like(closed.open), episode=np.full_like(closed.episode, UNCOUNTED))


def counted(closed: Standing, told: Standing) -> Standing:
    """`closed` with what was told where it counts no episodes of its own."""
    return where(closed.episode == UNCOUNTED, told, closed)


def where(those: NDArray[np.bool_], said: Standing, standing: Standing) -> Standing:
    """`standing` with `those` episodes, (kinds, n), as they are in `said`."""
    return replace(
        standing,
        open=np.where(those, said.open, standing.open),
        episode=np.where(those, said.episode, standing.episode),
        opened_day=np.where(those, said.opened_day, standing.opened_day),
    )
