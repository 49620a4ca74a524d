"""Of which signatures the kinds of trouble in the iceberg are: event, feature and version.

    s_ikg      how much of what account i met of kind k in the last 40 days (or those shown, if fewer) was of signature
               g, by count; Σ_g s_ikg = 1
    heard_kg   of heard_k those whose most frequent signature of the kind it is
    unheard_kg Σ_i s_ikg · w_ik · p_i over the accounts that did not write                              see iceberg

So the parts of a kind add up to it; what is left (help that was read, what was met longer ago, signatures that few
accounts met) is of none that is named. An event that says more than its name counts by that, else by its name.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from banso_scoring.domain.facts.panel import Floats, Ints
from banso_scoring.domain.incident.signature import Signature
from banso_scoring.domain.incident.signature_days import DAYS_SEEN, Met
from banso_scoring.domain.struggle.iceberg import IN_TROUBLE, Accounts, Part, SignaturePart
from banso_scoring.domain.success_model import SuccessModel

SIGNATURES_MAX = 200
"""Signatures that are told apart: those that most accounts met."""


@dataclass(frozen=True, slots=True)
class Split:
    """Rows by account, then kind: the share of a signature in what the account met of the kind."""

    signatures: tuple[Signature, ...]
    account: Ints
    kind: Ints
    signature: Ints
    share: Floats
    leads: Ints
    """1 where it is the most frequent one of the account and kind."""


NOTHING_MET = Split((), *(np.zeros(0, np.int64),) * 3, np.zeros(0), np.zeros(0, np.int64))


def split(met: Met, model: SuccessModel) -> Split:
    """How what was met in the days shown divides into signatures."""
    events = sorted({one.event for one in met.signatures})
    names = sorted({*met.signatures, *(Signature(event) for event in events)})
    place = {one: number for number, one in enumerate(names)}
    plain = np.array([place[Signature(one.event)] for one in names], np.int64)
    number = np.array([place[one] for one in met.signatures], np.int64)
    recent = met.day >= DAYS_SEEN - min(DAYS_SEEN, model.silence.shown_days)
    number, account, count = number[met.signature[recent]], met.account[recent], met.count[recent]
    says_more = plain[number] != number
    # beside each event that says more stands the plain one: of that the rest remains
    key = np.concatenate([account * len(names) + number, account[says_more] * len(names) + plain[number[says_more]]])
    keys, at = np.unique(key, return_inverse=True)
    left = np.bincount(at, weights=np.concatenate([count, -count[says_more]]), minlength=len(keys))
    account, number = np.divmod(keys[left > 0], max(1, len(names)))
    rows = [
        np.stack([account[mine], np.full(mine.sum(), kind), number[mine], left[left > 0][mine]])
        for kind, channel in enumerate(model.roles.channels)
        for mine in [np.isin(number, [place[one] for one in names if channel.series in model.series_of[one.event]])]
    ]
    table = np.concatenate([np.empty((4, 0)), *rows], axis=1)
    table = table[:, np.lexsort((table[2], -table[3], table[1], table[0]))]
    return _split(tuple(names), table)


def _split(names: tuple[Signature, ...], table: Floats) -> Split:
    """`table`: account, kind, signature and count, the most frequent first within each account and kind."""
    account, kind, signature = table[:3].astype(np.int64)
    leads = np.append(True, (account[1:] != account[:-1]) | (kind[1:] != kind[:-1]))[: len(account)]
    group = np.cumsum(leads) - 1
    share = table[3] / np.bincount(group, weights=table[3])[group] if len(group) else table[3]
    accounts_by = np.bincount(signature, minlength=len(names))
    kept = np.isin(signature, np.argsort(-accounts_by, kind="stable")[:SIGNATURES_MAX])
    return Split(names, account[kept], kind[kept], signature[kept], share[kept], leads[kept].astype(np.int64))


def add_signatures(found: Accounts, parts: list[Part], where: Split, positions: Ints) -> None:
    """Write into `parts`, one a group, how much of each is of which signature; `positions` of the accounts ascend."""
    begin, end = np.searchsorted(where.account, [positions[0], positions[-1] + 1]) if len(positions) else (0, 0)
    rows = np.arange(begin, end)
    at = np.searchsorted(positions, where.account[rows])
    mine = (positions[np.minimum(at, len(positions) - 1)] == where.account[rows]) if len(rows) else np.zeros(0, bool)
    mine[mine] &= found.enough[at[mine]] & found.known[at[mine]]
    rows, at = rows[mine], at[mine]
    if not len(rows):
        return
    kind, p = where.kind[rows], found.p[at]
    weight = np.where(found.wrote[at], 0.0, found.share[kind, at] * where.share[rows])
    leading = found.share.argmax(axis=0)[at] == kind
    heard = (found.wrote[at] & (p >= IN_TROUBLE) & leading & (where.leads[rows] > 0)).astype(np.float64)
    odds, free = p * (1.0 - p), np.isnan(found.amount[at])
    sums = [
        heard, weight * p, weight**2 * odds, weight**3 * odds * (1.0 - 2.0 * p), weight, heard * free, weight * p * free
    ]  # fmt: skip
    code = (found.group[at] * len(parts[0].sums) + kind) * len(where.signatures) + where.signature[rows]
    codes, row = np.unique(code, return_inverse=True)
    summed = np.stack([np.bincount(row, weights=column, minlength=len(codes)) for column in sums], axis=1)
    money = np.array([found.currency[place] for place in at.tolist()], object)
    amounts: dict[str, Floats] = {}
    for name in sorted({*money[~free].tolist()}):
        amount = np.where((money == name) & ~free, found.amount[at], 0.0)
        both = [np.bincount(row, weights=w * amount, minlength=len(codes)) for w in (heard, weight * p)]
        amounts[name] = np.stack(both, axis=1)
    for number, each in enumerate(codes.tolist()):
        rest, signature = divmod(each, len(where.signatures))
        group, of_kind = divmod(rest, len(parts[0].sums))
        if summed[number].any():
            one = where.signatures[signature]
            money_of = {name: rows_of[number].tolist() for name, rows_of in amounts.items() if rows_of[number].any()}
            parts[group].signatures.append(
                SignaturePart(of_kind, one.event, one.feature, one.version, summed[number].tolist(), money_of)
            )
