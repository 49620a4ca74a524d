"""The route of a goal's calibration. The past is walked aside from everything else, one walk at a time."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from banso_common.http.auth import require
from banso_common.http.keys import Scope
from banso_scoring import goal_calibration
from banso_scoring.api.answers import NOT_MODIFIED, answer, problems
from banso_scoring.api.journey.goal_answer import calibration_shown
from banso_scoring.api.journey.goal_shapes import GoalCalibration
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.goal_calibration import ALSO_MAX, Calibration, Candidate, Rehearsed
from banso_scoring.member import Member

ACCOUNTS_MAX = 2_000
"""So many accounts are enough for a curve, and are walked in seconds; the command reads more."""
KEPT_MAX = 4
"""Walks that are kept, to be asked again about the same phase and metrics."""
Days = Annotated[int | None, Field(ge=1, le=3_650)]
Number = Annotated[float | None, Field(allow_inf_nan=False)]


class CandidateQuery(BaseModel):
    """A goal to be tried in place of the phase's own; what is left out is as the model has it."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    metric: Annotated[str | None, Field(max_length=64)] = None
    """The metric whose threshold is varied; the first of the goal when none is named."""
    at_least: Number = None
    """A candidate's threshold, reached from below."""
    at_most: Number = None
    """A candidate's threshold, reached from above."""
    alone: bool = False
    """Leave out the other conditions of the goal."""
    also: Annotated[tuple[Annotated[str, Field(max_length=128)], ...], Field(max_length=ALSO_MAX)] = ()
    """Further conditions, such as `users >= 5`; one about a metric of the goal stands in its place."""
    dwell_days: Days = None
    landmark_days: Days = None
    """Days after entering the phase on which those that passed are told apart from the rest."""
    follow_days: Days = None
    """Days after the landmark in which outcomes are counted."""


class Walks:
    """Pasts that were walked, the newest KEPT_MAX by phase, metrics, model and day."""

    def __init__(self, member: Member) -> None:
        self._member = member
        self._lock = asyncio.Lock()
        self._kept: OrderedDict[tuple[str, frozenset[int], str, int], Rehearsed] = OrderedDict()

    async def ask(self, candidate: Candidate) -> tuple[SuccessModel, Calibration]:
        """What the past says, and the model under which. Raises Refused, Unavailable."""
        member = self._member
        async with self._lock:
            async with member.view() as (tx, seen):
                model = seen.model
                asked = goal_calibration.metrics_of(model, candidate)
                key = (candidate.phase, asked, model.version, member.today())
                if key not in self._kept:
                    past = await goal_calibration.read(tx, model, candidate, member.settings.time_zone, ACCOUNTS_MAX)
            if key not in self._kept:
                self._kept[key] = await asyncio.to_thread(
                    goal_calibration.rehearse, model, past, candidate.phase, lambda done, days: None
                )
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT_MAX:
                self._kept.popitem(last=False)
            return model, await asyncio.to_thread(self._kept[key].ask, candidate)


def add_goals(router: APIRouter, member: Member) -> Walks:
    """Put the route into `router`; gives what it asks."""
    walks = Walks(member)

    @router.get(
        "/v1/journey/{phase}/calibration",
        summary="Hold a phase's goal against the past",
        response_model=GoalCalibration,
        responses={**NOT_MODIFIED, **problems(400, 401, 403, 422, 503)},
        dependencies=[Depends(require(Scope.ACCOUNTS_READ))],
        tags=["journey"],
    )
    async def calibrate_goal(
        request: Request,
        phase: Annotated[str, Path(description="The phase, by its key.", examples=["operation"])],
        query: Annotated[CandidateQuery, Query()],
    ) -> Response:
        """For the phase's own goal, for a candidate, and for every threshold of one metric: what share of past
        accounts would have passed, when, and how those fared that did against those that did not. The first answer
        about a phase on a day takes seconds."""
        model, found = await walks.ask(Candidate(phase=phase, **query.model_dump()))
        return answer(request, calibration_shown(model, found))

    return walks
