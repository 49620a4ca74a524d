"""The parts of a kind by signature add up to it, over lanes and groups, as they are reckoned and as they are shown."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

import numpy as np
import pytest

from banso_scoring.api.trouble.iceberg_view import parts_and_rest
from banso_scoring.domain.incident.signature import Signature
from banso_scoring.domain.incident.signature_days import Met
from banso_scoring.domain.struggle.by_signature import add_signatures, split
from banso_scoring.domain.struggle.iceberg import Accounts, Part, add, iceberg, parts, shares
from tests.scoring.domain.builders import small_model
from tests.scoring.domain.incident.made import met_of
from tests.scoring.domain.struggle.test_iceberg import drawn

MODEL = small_model()
CHANNELS = len(MODEL.roles.channels)
ERROR = [channel.name for channel in MODEL.roles.channels].index("error")
CSV, PDF, PLAIN = Signature("error", "csv", "2"), Signature("error", "pdf"), Signature("error")


def house(seed: int, n: int, groups: int) -> tuple[Accounts, Met]:
    """Accounts of every sort, and what each met: of one signature, of several, only of the plain event, or nothing."""
    found = drawn(seed, n, groups)
    draw = np.random.default_rng(seed + 1)
    found = replace(found, share=shares(draw.normal(0, 1, (CHANNELS, n))))
    hits = [
        (trouble, account, int(draw.integers(0, 20)), int(draw.integers(1, 9)))
        for account in range(n)
        for trouble in (CSV, PDF, PLAIN)
        if draw.random() < 0.4
    ]
    return found, met_of(hits)


def told(found: Accounts, met: Met, groups: int) -> list[Part]:
    made = parts(found, groups)
    add_signatures(found, made, split(met, MODEL), np.arange(len(found.p)))
    return made


def test_an_account_divides_by_how_often_it_met_each() -> None:
    where = split(met_of([(CSV, 3, 0, 6), (PLAIN, 3, 1, 2), (PDF, 3, 2, 4), (PDF, 5, 40, 9), (PLAIN, 7, 0, 1)]), MODEL)
    rows = zip(where.account, where.signature, where.share, where.leads, strict=True)
    assert {(int(a), where.signatures[g], round(float(s), 3), int(leads)) for a, g, s, leads in rows} == {
        (3, CSV, 0.5, 1),
        (3, PDF, 0.333, 0),
        (3, PLAIN, 0.167, 0),
        (7, PLAIN, 1.0, 1),
    }
    assert set(where.kind.tolist()) == {ERROR}


@pytest.mark.parametrize("seed", range(20))
def test_the_parts_are_at_most_the_kind_and_all_of_it_where_everybody_met_some(seed: int) -> None:
    found, met = house(seed, 40, 3)
    whole = iceberg(told(found, met, 3))
    kind, named = whole.kinds[ERROR], whole.signatures[ERROR]
    assert sum(one.depth.heard for one in named) <= kind.heard
    assert sum(one.depth.unheard.value for one in named) <= kind.unheard.value + 1e-9
    assert all(one.depth.unheard.low <= one.depth.unheard.value <= one.depth.unheard.high for one in named)
    assert all(not some for place, some in enumerate(whole.signatures) if place != ERROR)
    everybody = met_of([(CSV if account % 2 else PDF, account, 0, 3) for account in range(40)])
    full = iceberg(told(found, everybody, 3))
    assert sum(one.depth.heard for one in full.signatures[ERROR]) == kind.heard
    assert sum(one.depth.unheard.value for one in full.signatures[ERROR]) == pytest.approx(kind.unheard.value)
    for currency, amount in kind.unheard_amounts.items():
        mine = sum(one.depth.unheard_amounts.get(currency, 0.0) for one in full.signatures[ERROR])
        assert mine == pytest.approx(amount)


@pytest.mark.parametrize("seed", range(20))
def test_as_they_are_shown_they_add_up_and_none_is_below_zero(seed: int) -> None:
    found, met = house(seed, 30, 1)
    whole = iceberg(told(found, met, 1))
    kind, named = whole.kinds[ERROR], whole.signatures[ERROR]
    shown = parts_and_rest(kind, [one.depth for one in named])
    for name in ("heard", "unheard", "heard_unpriced", "unheard_unpriced"):
        values = [getattr(one, name) for one in shown]
        all_of_it = getattr(kind, name)
        assert round(sum(values), 6) == round(getattr(all_of_it, "value", all_of_it), 2)
        assert min(values) >= 0
    for currency, amount in kind.unheard_amounts.items():
        assert sum(one.unheard_amounts.get(currency, 0) for one in shown) == round(amount)
        assert min(one.unheard_amounts.get(currency, 0) for one in shown) >= 0


def test_lanes_and_groups_add_up_in_any_order() -> None:
    found, met = house(5, 50, 4)
    some = told(found, met, 4)
    there, back = reduce(add, some), reduce(add, reversed(some))
    assert [one.name for one in there.signatures] == [one.name for one in back.signatures]
    for one, other in zip(there.signatures, back.signatures, strict=True):
        assert one.sums == pytest.approx(other.sums)
