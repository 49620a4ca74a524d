"""Whole lives of accounts day by day: what they did, met, wrote, and what was done about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso_common.contracts.account_signal import Band
from banso_scoring.domain.evaluation import Evaluation, evaluate
from banso_scoring.domain.facts.panel import DAYS, Floats, Panel
from banso_scoring.domain.standing import BAND_CODES, CLOSED, NO_DAY, OPENED, Standing
from banso_scoring.domain.struggle.course import STAGES, Stage
from banso_scoring.domain.struggle.usual import Cohort
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.model.load import load_model
from tests.scoring.domain.builders import SMALL, panel_of

FROM, UNTIL = 80, 185
"""The days that are lived through; those before are past."""
NAMES = ("act", "error", "help", "contact", "answer", "solved")
NOTHING = np.zeros((1, UNTIL))
OURS = "answered: [answer]\n  resolved: [solved]\n  feedback: [rated]"


def spoken_model(source: str = "connected", memory_days: int = 60, **sections: str) -> SuccessModel:
    """The small model with answers and resolutions; `sections` are written as they stand."""
    text = SMALL.replace("feedback: [rated]", OURS).replace("source: connected", f"source: {source}")
    sections = {"trouble": f"{{memory_days: {memory_days}}}", **sections}
    return load_model(text + "".join(f"{name}: {written}\n" for name, written in sections.items()), "small.yaml")


@dataclass(frozen=True)
class Day:
    """What one account showed on one day."""

    day: int
    stage: Stage
    factor: float
    score: float
    before: float
    """The score without the factor, and without the ceiling of objectives."""
    healthy: bool
    told: bool
    """Whether it is told that the account struggles."""
    recurred: bool
    days: NDArray[np.int32]

    @property
    def is_open(self) -> bool:
        """Whether the trouble goes on."""
        return bool(self.days[OPENED] != NO_DAY and self.days[CLOSED] == NO_DAY)


def on(*days: int) -> Floats:
    """(1, UNTIL): one event on each of `days`."""
    row = np.zeros((1, UNTIL))
    row[0, list(days)] = 1
    return row


def plain_life(rate: float = 8.0) -> dict[str, Floats]:
    """Steady work with an error every third day."""
    act, error = np.full((1, UNTIL), rate), np.zeros((1, UNTIL))
    error[:, ::3] = 1
    return {"act": act, "error": error}


def troubled(life: Mapping[str, Floats], begin: int, days: int, more: float = 4.0) -> dict[str, Floats]:
    """The same life with `more` errors a day from `begin` on."""
    error = life["error"].copy()
    error[:, begin : begin + days] += more
    return {**life, "error": error}


def panel_on(model: SuccessModel, events: Mapping[str, Floats], day: int) -> Panel:
    """The lives up to `day`."""
    n, window = len(events["act"]), {}
    for name, counts in events.items():
        window[name] = np.zeros((n, DAYS))
        seen = counts[:, max(0, day - DAYS + 1) : day + 1]
        window[name][:, DAYS - seen.shape[1] :] = seen
    return panel_of(model, window, n, age_days=day)


def lived(
    model: SuccessModel,
    cohort: Cohort,
    lives: Sequence[Mapping[str, Floats]],
    days: Iterable[int] = range(FROM, UNTIL),
) -> list[list[Day]]:
    """Each of `days` of each life, every one evaluated from the standing at the close of the one before."""
    together = {name: np.vstack([life.get(name, NOTHING) for life in lives]) for name in NAMES}
    standing, found = Standing.new(len(lives)), [list[Day]() for _ in lives]
    for day in days:
        panel = panel_on(model, together, day)
        standing, made = evaluate(model, cohort, panel, standing, np.full(len(lives), day))
        for one, life in enumerate(found):
            life.append(_day(day, one, made, standing))
    return found


def _day(day: int, one: int, made: Evaluation, standing: Standing) -> Day:
    here = standing.take(np.array([one]))
    return Day(
        day=day,
        stage=STAGES[here.trouble_stage[0]],
        factor=float(made.course.factor[one]),
        score=float(made.health.score[one]),
        before=float(made.following.health.score[one]),
        healthy=bool(here.band[0] == BAND_CODES[Band.HEALTHY]),
        told=bool(made.episodes.in_trouble[one]),
        recurred=bool(made.course.recurred[one]),
        days=here.trouble_days[:, 0],
    )
