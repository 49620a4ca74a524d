"""What may be said of many plays at once: of the winners and losers that are named, at most a share α is false (e-BH).

Each play × outcome has an e-value against "no effect", which may be looked at whenever one likes. Of K hypotheses, with
their e-values from the largest e₁ ≥ e₂ ≥ …, the first k are named, k the largest number with

    e_k ≥ K / (α k)

The false discovery rate is then at most α however the e-values depend on each other, and whenever one looks: R. Wang,
A. Ramdas, False discovery rate control with e-values, Journal of the Royal Statistical Society B 84 (2022). Where no
play does anything, the chance that one is ever named is α. K counts every play of the model and every outcome, also
those of which nothing is known yet; amounts are a family of their own, for each currency.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log

from msgspec.structs import replace

from banso_alerts.domain.proof.findings import AmountFound, OutcomeFound, PlayFound
from banso_alerts.domain.proof.outcomes import Outcome
from banso_alerts.domain.proof.sequences import ALPHA
from banso_alerts.domain.proof.uplift import State

NAMING = (State.HELPS, State.HURTS)


def named(log_es: Sequence[float | None], family: int, alpha: float = ALPHA) -> list[bool]:
    """Which of these are named, of their logarithms of e-values; None where nothing is known. `family` is K."""
    known = sorted((each for each in log_es if each is not None), reverse=True)
    enough = [each for k, each in enumerate(known, 1) if each >= log(family / (alpha * k))]
    return [each is not None and bool(enough) and each >= enough[-1] for each in log_es]


def with_verdicts(found: Sequence[PlayFound], alpha: float = ALPHA) -> list[PlayFound]:
    """The same with what may be said among all of them."""
    family = len(found) * len(Outcome)
    whole = [outcome for play in found for outcome in play.outcomes]
    accounts = _said([(each.by_account.log_e, each.by_account.state) for each in whole], family, alpha)
    amounts: dict[int, State] = {}
    for currency in sorted({amount.currency for each in whole for amount in each.by_amount}):
        some = [amount for each in whole for amount in each.by_amount if amount.currency == currency]
        said = _said([(each.estimate.log_e, each.state) for each in some], family, alpha)
        amounts |= {id(amount): verdict for amount, verdict in zip(some, said, strict=True)}
    verdicts = {id(outcome): verdict for outcome, verdict in zip(whole, accounts, strict=True)}
    return [_play(play, [_outcome(each, verdicts[id(each)], amounts) for each in play.outcomes]) for play in found]


def _said(known: Sequence[tuple[float | None, State]], family: int, alpha: float) -> list[State]:
    """A state that names a winner or a loser is said only of what is named; others name nobody, and stand."""
    chosen = named([log_e for log_e, _ in known], family, alpha)
    return [
        State.CANNOT_SAY if state in NAMING and not is_named else state
        for (_, state), is_named in zip(known, chosen, strict=True)
    ]


def _outcome(found: OutcomeFound, verdict: State, amounts: dict[int, State]) -> OutcomeFound:
    by_amount: list[AmountFound] = [replace(each, verdict=amounts[id(each)]) for each in found.by_amount]
    return replace(found, verdict=verdict, by_amount=by_amount)


def _play(found: PlayFound, outcomes: list[OutcomeFound]) -> PlayFound:
    measured = (each.verdict for each in outcomes if each.outcome is found.measured_by)
    return replace(found, outcomes=outcomes, verdict=next(measured, State.CANNOT_SAY))
