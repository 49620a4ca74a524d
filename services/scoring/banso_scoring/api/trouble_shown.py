"""The course of an account's trouble as the API shows it: where it stands, what it does to health, and those before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from banso_scoring.api.render import day_or_none, day_text
from banso_scoring.api.shapes import DESCRIBED
from banso_scoring.domain.evaluation import Evaluation
from banso_scoring.domain.standing import CLOSED, NO_DAY, OPENED, RESOLVED, Standing
from banso_scoring.domain.struggle.course import STAGES, Stage
from banso_scoring.domain.struggle.course_history import Episode, Outcome, episode
from banso_scoring.domain.success_model import SuccessModel

DIGITS = 4


@dataclass(frozen=True, slots=True)
class TroubleEpisode:
    """One trouble: friction far above what is usual, and what became of it. Days are null until they come."""

    __pydantic_config__ = DESCRIBED

    opened_on: str
    contacted_on: str | None
    """When they first wrote of it, which may be a little before it was seen, or in the trouble that came again."""
    answered_on: str | None
    resolved_on: str | None
    """When it was said to be solved; the day of its end for who wrote and nobody said so."""
    ended_on: str | None
    """When the friction was back at what is usual, or the contract ended."""
    stage: Stage
    outcome: Outcome
    """`unspoken`: it ended and they never said a word. `left`: it went on until the contract ended."""


@dataclass(frozen=True, slots=True)
class TroubleNow:
    """Where the account's trouble stands today, and what health is multiplied by."""

    __pydantic_config__ = DESCRIBED

    stage: Stage
    """`contact-unknown`: nobody can say whether they wrote, for no live source of contacts is connected."""
    factor: float
    """0 to 1: fast resolved 1, then slowly resolved, open, never spoken of; back at 1 some weeks after it is over."""
    days: int | None
    """How long it has lasted, or had lasted when it ended; null without trouble."""
    forgotten_on: str | None
    """When the factor is back at 1; null while the trouble goes on."""
    episode: TroubleEpisode | None
    """Null without trouble, now or lately."""


def trouble_now(model: SuccessModel, now: Standing, found: Evaluation, column: int, day: int) -> TroubleNow:
    """The trouble of the account at `column` on `day`."""
    stage, days = STAGES[int(now.trouble_stage[column])], now.trouble_days[:, column]
    factor = round(float(found.course.factor[column]), DIGITS)
    if stage is Stage.NONE:
        return TroubleNow(stage, factor, None, None, None)
    ends = [int(days[row]) for row in (CLOSED, RESOLVED) if days[row] != NO_DAY]
    last = day if days[CLOSED] == NO_DAY else int(days[CLOSED])
    return TroubleNow(
        stage=stage,
        factor=factor,
        days=last - int(days[OPENED]) + 1,
        forgotten_on=day_text(min(ends) + model.trouble.memory_days) if ends else None,
        episode=_shown(episode(now, column)),
    )


def troubles_shown(kept: Sequence[Episode], now: Standing, column: int) -> list[TroubleEpisode]:
    """Every trouble, oldest first: those of the closes, and the one of today as it stands now."""
    by_day = {one.opened_day: one for one in kept}
    if now.trouble_days[OPENED, column] != NO_DAY:
        newest = episode(now, column)
        by_day[newest.opened_day] = newest
    return [_shown(by_day[opened]) for opened in sorted(by_day)]


def _shown(one: Episode) -> TroubleEpisode:
    days = (one.contacted_day, one.answered_day, one.resolved_day, one.closed_day)
    contacted, answered, resolved, ended = (day_or_none(day) for day in days)
    opened = day_text(one.opened_day)
    return TroubleEpisode(opened, contacted, answered, resolved, ended, one.stage, one.outcome)
