"""What was stored before a kind of signal was known is read as holding nothing of it."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from banso_scoring import standing_codec, told
from banso_scoring.domain.standing import KINDS, NO_DAY, Standing
from tests.scoring.domain.builders import small_model

KINDS_BEFORE = 5


def shorter(raw: bytes, *places: int) -> bytes:
    fields: list[Any] = msgspec.msgpack.decode(raw)
    for place in places:
        fields[place] = fields[place][:KINDS_BEFORE]
    return msgspec.msgpack.encode(fields)


def of_before() -> Standing:
    standing = Standing.new(1)
    standing.open[0], standing.episode[:KINDS_BEFORE], standing.opened_day[:KINDS_BEFORE] = True, 3, 100
    return standing


def test_a_closed_standing_of_fewer_kinds_is_read() -> None:
    model, standing = small_model(), of_before()
    read = standing_codec.decode(model, [shorter(standing_codec.encode(model, standing)[0], 5, 6, 7)])
    assert read.open.shape == (len(KINDS), 1)
    assert np.array_equal(read.episode, standing.episode) and np.array_equal(read.open, standing.open)
    assert (read.opened_day[KINDS_BEFORE:] == NO_DAY).all()


def test_what_was_told_of_fewer_kinds_is_read() -> None:
    standing = of_before()
    read = told.decode([shorter(told.encode(standing)[0], 0, 1, 2)])
    assert np.array_equal(read.episode, standing.episode) and np.array_equal(read.opened_day, standing.opened_day)
