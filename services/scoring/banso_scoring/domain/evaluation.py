"""The one door to the domain: facts of accounts in, everything to store and to show out.

`evaluate(model, cohort, panel, previous, today)` is a pure function of its arguments. `previous` is the
standing at the close of an earlier day; evaluating again on the same day, as often as events come, starts
from that same standing. The standing that is returned becomes the closed one when the day ends.

An account whose contract is over stays where it stood, has no metric and therefore no score, and no episode.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain import signals
from banso_scoring.domain.facts.panel import Floats, Panel
from banso_scoring.domain.facts.windows import weigh
from banso_scoring.domain.health import bands, metrics, patterns
from banso_scoring.domain.health.health import Health
from banso_scoring.domain.health.patterns import Following
from banso_scoring.domain.journey import journey
from banso_scoring.domain.journey.journey import Journey
from banso_scoring.domain.matrix import matrix
from banso_scoring.domain.matrix.matrix import Placement
from banso_scoring.domain.plan.objectives import Attainment, attain, capped
from banso_scoring.domain.signals import Changes, Episodes
from banso_scoring.domain.standing import OPENED, Standing
from banso_scoring.domain.struggle import course, silence
from banso_scoring.domain.struggle.course import Course
from banso_scoring.domain.struggle.silence import Struggle
from banso_scoring.domain.struggle.usual import UNDECIDED, Cohort, contact_known
from banso_scoring.domain.success_model import SuccessModel


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that was found about n accounts, beside their standing."""

    metrics: Floats
    """(metrics, n): raw values in the order of `model.metrics`, NaN without evidence."""
    health: Health
    struggle: Struggle
    journey: Journey
    episodes: Episodes
    attainment: Attainment
    """How the success plans stand; `health.score` is under their ceiling."""
    placement: Placement
    """The cells of the matrix that the accounts are in."""
    course: Course
    """Where their trouble stands; `health.score` is multiplied by its factor, then capped."""
    following: Following
    """The success patterns of the accounts; its `weights` are what the score was weighed by, its health neither
    multiplied nor capped."""

    @property
    def uncapped(self) -> Floats:
        """(n,): the score before the ceiling."""
        return self.following.health.score * self.course.factor

    @property
    def changes(self) -> Changes:
        """The signals: episodes that began or ended since `previous`."""
        return self.episodes.changes


def evaluate(
    model: SuccessModel, cohort: Cohort, panel: Panel, previous: Standing, today: NDArray[np.integer]
) -> tuple[Standing, Evaluation]:
    """The standing and the findings of the accounts of `panel` on `today` (n day numbers since 1970-01-01)."""
    day = today.astype(np.int32)
    panel = replace(panel, today=today.astype(np.int64))
    windows = weigh(model, panel)
    struggle = silence.evaluate(model, panel, cohort, contact_known(model, cohort), windows)
    trouble = course.step(model, panel, cohort, previous, struggle)
    struggle = replace(struggle, trouble_alone=trouble.alone)
    ended = np.zeros(panel.n, np.bool_) if panel.ended is None else panel.ended
    values = metrics.evaluate(model, metrics.Facts(panel, windows, cohort, struggle))
    values[:, np.flatnonzero(ended)] = np.nan
    first_day = (day - panel.age_days).astype(np.int32)
    placed = matrix.step(model, previous, matrix.known_of(model, panel, values), day, first_day)
    placed = matrix.stay(ended, previous, placed)
    place = journey.travel(matrix.routes(model, placed.cell), previous, values, day, first_day)
    following = patterns.step(model, previous, values, matrix.weights(model, placed.cell, place.phase), day)
    fares = following.health
    attainment = attain(model.objectives, panel.plans, values, today.astype(np.int64))
    fares = replace(fares, score=capped(fares.score * trouble.factor, attainment.ceiling))
    band = bands.step(model.bands, previous.band, fares.score)
    levels = signals.levels(model, struggle, band, place)
    signals.not_silent_yet(signals.breaks_out(model, struggle.trouble, trouble.days[OPENED], today), levels)
    is_undecided = cohort.contact in UNDECIDED and model.roles.contact_source is not False
    if is_undecided:
        signals.undecided_contact(levels)
    levels = signals.without(ended, levels)
    begun = signals.with_turns(model, windows, previous, levels, today.astype(np.int64))
    if is_undecided:
        signals.untold_contact(levels)
    episodes = signals.step(model, previous, levels, begun)
    standing = Standing(
        band=bands.in_trouble(band, episodes.in_trouble),
        phase=place.phase,
        entered_day=place.entered_day,
        goal_since=place.goal_since,
        lapse_since=place.lapse_since,
        open=episodes.open,
        episode=episodes.episode,
        opened_day=episodes.opened_day,
        axis_value=placed.axis_value,
        axis_next=placed.axis_next,
        axis_since=placed.axis_since,
        cell_day=placed.cell_day,
        pattern=following.pattern,
        pattern_day=following.pattern_day,
        pattern_until=following.pattern_until,
        trouble_days=trouble.days,
        trouble_stage=trouble.stage,
        trouble_carried=trouble.carried,
    )
    return standing, Evaluation(values, fares, struggle, place, episodes, attainment, placed, trouble, following)
