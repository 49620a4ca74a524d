"""Enrols accounts in the experiment: who could be told now gets an arm, once, and the exposure is kept.

Accounts of both arms have passed the same stages, so that they differ by the lot alone. What holds an account back
later (a silence, the cap, a better play) is part of what a play is, and is measured with it: intention to treat.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts.domain.outreach import Candidate, OutreachState
from banso_alerts.domain.planning import Policy
from banso_alerts.domain.proof.arms import Arm, stratum_of
from banso_alerts.domain.stages import BEFORE_HOLDOUT, decide
from banso_alerts.domain.stages.holdout import in_experiment
from banso_alerts.domain.stages.stage import Context
from banso_alerts.store.proof import arms, exposures


async def enrol(tx: AsyncConnection, asked: Sequence[Candidate], policy: Policy, now: int) -> frozenset[str]:
    """The accounts among those asked about that are left alone. While the past is replayed nobody is enrolled."""
    rules = policy.rules
    if rules.holdout_share <= 0 or rules.replayed:
        return frozenset()
    eligible = [each for each in asked if in_experiment(each) and _could_be_told(each, policy, now)]
    strata = {each.signal.account: stratum_of(each.signal) for each in eligible}
    drawn = await arms.assigned(tx, strata, arms.Draw(rules.holdout_share, rules.holdout_salt), now)
    await exposures.keep(tx, eligible, drawn)
    return frozenset(account for account, mine in drawn.items() if mine.arm is Arm.LEFT_ALONE)


def _could_be_told(candidate: Candidate, policy: Policy, now: int) -> bool:
    context = Context(now, policy.zone(candidate.recipient.time_zone), policy.rules)
    return decide(candidate, context, BEFORE_HOLDOUT).state is OutreachState.PLANNED
