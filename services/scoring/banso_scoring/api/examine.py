"""Accounts worked out anew from the stored facts, whoever owns them: the same formulas, the same cohort, nothing kept.

The evaluation starts from the standing at the last close, as the owner's does; which episodes are open is
what the owner stored, since an episode counts from when it was told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.contracts.account_activity import AccountAttributes
from banso_common.contracts.account_signal import Evidence
from banso_scoring import cell_store, phase_store, trouble_store
from banso_scoring.api.plan.plan_view import PlanFound, plan_found
from banso_scoring.domain import evaluation
from banso_scoring.domain.evaluation import Evaluation
from banso_scoring.domain.facts.panel import DAYS, Floats
from banso_scoring.domain.facts.profile import Profile
from banso_scoring.domain.health import metrics
from banso_scoring.domain.journey.estimate import Estimates
from banso_scoring.domain.journey.phase_history import Move
from banso_scoring.domain.matrix.matrix_why import CellMove
from banso_scoring.domain.standing import Standing
from banso_scoring.domain.struggle.course_history import Episode
from banso_scoring.domain.struggle.evidence import evidence_of
from banso_scoring.domain.struggle.met import met_of
from banso_scoring.estimating import REACH_DAYS, estimates
from banso_scoring.loading import load_accounts
from banso_scoring.member import Member

AT_ONCE_MAX = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """One account on its own `day`. `column` is its place in `evaluation` and `now`."""

    row: Row[Any]
    attributes: AccountAttributes
    day: int
    column: int
    now: Standing
    told: Standing
    """The stored standing, of this account alone: its episodes are those that were told."""
    evaluation: Evaluation
    points: Floats
    """(metrics, n): 0..1 by each metric's ramp."""
    evidence: Evidence
    days_with_facts: int
    plan: PlanFound
    moves: Sequence[Move]
    """From phase to phase, up to the last close."""
    profile: Profile
    cell_moves: Sequence[CellMove]
    """From cell to cell, up to the last close."""
    troubles: Sequence[Episode]
    """Those up to the last close."""
    estimate: Estimates
    """Of this account alone."""
    feed: tuple[str, int | None]
    """The feed of the account that is stale, and until when it was believed; "" for none."""
    now_at: int
    """The instant of the answer."""

    @property
    def window(self) -> tuple[int, int]:
        """The first and the last day that count."""
        return self.day - DAYS + 1, self.day


async def examine(tx: AsyncConnection, member: Member, names: Sequence[str]) -> dict[str, Finding]:
    """Those of the accounts `names` (at most AT_ONCE_MAX) that there are, with what is found of them now."""
    assert len(names) <= AT_ONCE_MAX
    now = member.clock.now()
    portfolio = member.empty(member.model)
    portfolio.reach_back(member.today() - REACH_DAYS, member.today())
    rows, facts = await load_accounts(tx, portfolio, names, member.today())
    if not rows:
        return {}
    moves = await phase_store.of_accounts(tx, member.model.version, [row.account for row in rows])
    troubles = await trouble_store.of_accounts(tx, member.model.version, [row.account for row in rows])
    cell_moves = await cell_store.of_accounts(tx, member.model.version, [row.account for row in rows])
    positions = np.arange(len(rows))
    days, stale = portfolio.today(positions, now), portfolio.stale_feeds(positions)
    found: dict[str, Finding] = {}
    for day in np.unique(days).tolist():
        portfolio.window.make_room(len(portfolio), day)
        cohort, mine = await member.usual_on(tx, day), positions[days == day]
        before, today = portfolio.columns.closed.take(mine), np.full(len(mine), day, np.int64)
        panel = portfolio.panel(mine, day)
        standing, made = evaluation.evaluate(member.model, cohort, panel, before, today)
        points = metrics.ramp(member.model, made.metrics)
        passes = {
            column: together.one(place)
            for columns, together in estimates(portfolio, cohort, (mine, day), made)
            for place, column in enumerate(columns.tolist())
        }
        for column, position in enumerate(mine.tolist()):
            own = facts.get(rows[position].account, {})
            found[rows[position].account] = Finding(
                row=rows[position],
                attributes=portfolio.attributes[position],
                day=day,
                column=column,
                now=standing,
                told=portfolio.columns.current.take(np.array([position])),
                evaluation=made,
                points=points,
                evidence=evidence_of(
                    member.model,
                    made.struggle,
                    column,
                    met_of(member.model, own, day, int(made.struggle.window_days[column])),
                ),
                days_with_facts=sum(day - DAYS < at <= day for at in own),
                plan=plan_found(portfolio, position, panel.plans, (column, day)),
                moves=moves[rows[position].account],
                profile=portfolio.profiles[position],
                cell_moves=cell_moves[rows[position].account],
                troubles=troubles[rows[position].account],
                estimate=passes[column],
                feed=portfolio.feeds.told_of(int(stale[position])),
                now_at=now,
            )
    return found
