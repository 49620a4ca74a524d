"""How much trouble is heard of, how much more there is, and the money behind it, by kind of trouble.

    p_i        P(account i struggles) = 1 / (1 + exp(-trouble_i))                     see silence
    w_ik       max(0, e_ik) / Σ_k max(0, e_ik)      the share of kind k in its evidence; without any: of no one kind
    heard_k    accounts with p_i >= 1/2 that wrote since it began, at the kind that leads
    unheard_k  Σ w_ik · p_i over the accounts that did not write
    amounts    the same sums with the annual contract value of each, by currency

The 90 % interval is that of Σ w_ik·B_i, B_i ~ Bernoulli(p_i): how many of these really struggle if each p_i is right (a
Poisson-binomial sum), by its first three cumulants (Cornish & Fisher 1938), and never below 0 or above Σ w_ik. That p_i
itself may be wrong is not in it. An account of which contact is unknown is neither heard nor unheard.
Sums over accounts add up, so the whole is that of all lanes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np

from banso_scoring.domain.facts.panel import Bools, Floats, Ints
from banso_scoring.domain.past.intervals import Interval

Z90 = 1.6448536
IN_TROUBLE = 0.5
SKEW_MAX = 1.5
HEARD, MEAN, VARIANCE, THIRD, REACH, UNPRICED_HEARD, UNPRICED_UNHEARD = range(7)
SUMS = 7


class SignaturePart(msgspec.Struct, array_like=True):
    """What of the kind (its row) is of one signature: sums as below, one row."""

    kind: int
    event: str
    feature: str
    version: str
    sums: list[float]
    amounts: dict[str, list[float]]

    @property
    def name(self) -> tuple[int, str, str, str]:
        """What tells it apart."""
        return self.kind, self.event, self.feature, self.version


class Part(msgspec.Struct, array_like=True):
    """Sums over accounts that are alike in what is told apart. Rows: each kind, then of no one kind, then all."""

    accounts: int
    too_little: int
    """Accounts with too little data to say."""
    unknown: float
    """Σ p of accounts of which nobody knows whether they wrote."""
    sums: list[list[float]]
    """(rows, SUMS): heard; Σ wp, Σ w²p(1-p), Σ w³p(1-p)(1-2p), Σ w of the unheard; heard and Σ wp without an amount."""
    amounts: dict[str, list[list[float]]]
    """Currency -> (rows, 2): heard, unheard, in units."""
    signatures: list[SignaturePart] = []


@dataclass(frozen=True, slots=True)
class Accounts:
    """n accounts. `share` is (kinds, n), `known` whether it is known who writes, `amount` NaN where nobody said one,
    `group` the place of what they are alike in."""

    p: Floats
    share: Floats
    wrote: Bools
    known: Bools
    enough: Bools
    amount: Floats
    currency: Sequence[str]
    group: Ints


@dataclass(frozen=True, slots=True)
class Depth:
    """One kind of trouble, or all: accounts and amounts, always together."""

    heard: float
    unheard: Interval
    heard_amounts: Mapping[str, float]
    unheard_amounts: Mapping[str, float]
    heard_unpriced: float
    unheard_unpriced: float


@dataclass(frozen=True, slots=True)
class OfSignature:
    """What of a kind is of one signature."""

    event: str
    feature: str
    version: str
    depth: Depth


@dataclass(frozen=True, slots=True)
class Iceberg:
    """All of it. `kinds` has a row for each kind of trouble, then one for what is of no one kind."""

    accounts: int = 0
    too_little: int = 0
    unknown: float = 0.0
    whole: Depth = field(default_factory=lambda: _depth([0.0] * SUMS, {}, {}))
    kinds: tuple[Depth, ...] = ()
    signatures: tuple[tuple[OfSignature, ...], ...] = ()
    """By kind, most unheard first; see `by_signature`."""


def shares(log_evidence: Floats) -> Floats:
    """(kinds + 1, n): how much of each account's trouble is of each kind, the last of no one kind; they sum to 1."""
    some = np.maximum(log_evidence, 0.0)
    total = some.sum(axis=0)
    parts = np.divide(some, total, out=np.zeros_like(some), where=total > 0)
    return np.vstack([parts, np.where(total > 0, 0.0, 1.0)])


def parts(found: Accounts, groups: int) -> list[Part]:
    """The sums of each group of the accounts."""
    return [_part(found, np.flatnonzero(found.group == group)) for group in range(groups)]


def add(one: Part, other: Part) -> Part:
    """Both together."""
    amounts = {name: np.array(rows) for name, rows in one.amounts.items()}
    for name, rows in other.amounts.items():
        amounts[name] = amounts[name] + np.array(rows) if name in amounts else np.array(rows)
    return Part(
        one.accounts + other.accounts,
        one.too_little + other.too_little,
        one.unknown + other.unknown,
        (np.array(one.sums) + np.array(other.sums)).tolist(),
        {name: rows.tolist() for name, rows in amounts.items()},
        _added([*one.signatures, *other.signatures]),
    )


def iceberg(told: Iterable[Part]) -> Iceberg:
    """What all of these parts come to; of none, an empty one."""
    whole: Part | None = None
    for part in told:
        whole = part if whole is None else add(whole, part)
    if whole is None:
        return Iceberg()
    rows = [
        _depth(
            sums,
            {name: amounts[row][0] for name, amounts in whole.amounts.items() if amounts[row][0]},
            {name: amounts[row][1] for name, amounts in whole.amounts.items() if amounts[row][1]},
        )
        for row, sums in enumerate(whole.sums)
    ]
    signatures = tuple(_of_kind(whole.signatures, kind) for kind in range(len(rows) - 1))
    return Iceberg(whole.accounts, whole.too_little, whole.unknown, rows[-1], tuple(rows[:-1]), signatures)


def interval(mean: float, variance: float, third: float, reach: float) -> Interval:
    """The 90 % interval of a sum with these cumulants, within 0 and `reach`."""
    if variance <= 0:
        return Interval(mean, mean, mean)
    spread = float(np.sqrt(variance))
    skew = third / variance / spread
    ends = (mean + spread * (z + (z * z - 1.0) * skew / 6.0) for z in (-Z90, Z90))
    most = max(reach, mean)
    low, high = (float(np.clip(end, 0.0, most)) for end in ends)
    if abs(skew) > SKEW_MAX:  # the expansion does not hold: one end is that of what is possible
        low, high = (0.0, high) if skew > 0 else (low, most)
    return Interval(mean, min(low, mean), max(high, mean))


def _added(some: Iterable[SignaturePart]) -> list[SignaturePart]:
    """The same, those of one kind and signature added up, in one order."""
    found: dict[tuple[int, str, str, str], SignaturePart] = {}
    for each in some:
        before = found.get(each.name)
        if before is None:
            found[each.name] = each
            continue
        amounts = dict(before.amounts)
        for name, both in each.amounts.items():
            amounts[name] = (np.array(amounts.get(name, [0.0, 0.0])) + np.array(both)).tolist()
        sums = (np.array(before.sums) + np.array(each.sums)).tolist()
        found[each.name] = SignaturePart(*each.name, sums, amounts)
    return [found[name] for name in sorted(found)]


def _of_kind(some: Iterable[SignaturePart], kind: int) -> tuple[OfSignature, ...]:
    """What is told of the signatures of a kind."""
    mine = sorted(
        (one for one in some if one.kind == kind), key=lambda one: (-one.sums[MEAN], -one.sums[HEARD], one.name)
    )
    return tuple(
        OfSignature(
            one.event,
            one.feature,
            one.version,
            _depth(
                one.sums,
                {name: heard for name, (heard, _) in one.amounts.items() if heard},
                {name: unheard for name, (_, unheard) in one.amounts.items() if unheard},
            ),
        )
        for one in mine
    )


def _part(found: Accounts, some: Ints) -> Part:
    told = some[found.enough[some]]
    enough = told[found.known[told]]
    unknown = float(found.p[told[~found.known[told]]].sum())
    little = len(some) - len(told)
    p, share, wrote = found.p[enough], found.share[:, enough], found.wrote[enough]
    heard = np.zeros((len(share) + 1, len(enough)))
    wrote_in_trouble = np.flatnonzero(wrote & (p >= IN_TROUBLE))
    heard[share[:, wrote_in_trouble].argmax(axis=0), wrote_in_trouble] = 1.0
    heard[-1, wrote_in_trouble] = 1.0
    weight = np.where(wrote, 0.0, np.vstack([share, np.ones(len(enough))]))
    odds = p * (1.0 - p)
    amount = found.amount[enough]
    free = np.isnan(amount)
    sums = np.stack(
        [
            heard.sum(axis=1),
            weight @ p,
            weight**2 @ odds,
            weight**3 @ (odds * (1.0 - 2.0 * p)),
            weight.sum(axis=1),
            heard @ free,
            weight @ (p * free),
        ],
        axis=1,
    )
    amounts: dict[str, list[list[float]]] = {}
    names = np.array([found.currency[place] for place in enough.tolist()], object)
    for name in sorted({*names[~free].tolist()}):
        mine = np.where((names == name) & ~free, amount, 0.0)
        amounts[name] = np.stack([heard @ mine, weight @ (p * mine)], axis=1).tolist()
    return Part(len(some), little, unknown, sums.tolist(), amounts)


def _depth(sums: Sequence[float], heard: Mapping[str, float], unheard: Mapping[str, float]) -> Depth:
    return Depth(
        heard=sums[HEARD],
        unheard=interval(sums[MEAN], sums[VARIANCE], sums[THIRD], sums[REACH]),
        heard_amounts=heard,
        unheard_amounts=unheard,
        heard_unpriced=sums[UNPRICED_HEARD],
        unheard_unpriced=sums[UNPRICED_UNHEARD],
    )
