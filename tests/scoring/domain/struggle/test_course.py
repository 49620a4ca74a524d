"""The course of trouble: who speaks and is helped never stands below who is silent, on any day of any life."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from banso_scoring.domain.facts.panel import Floats
from banso_scoring.domain.standing import CLOSED, CONTACTED, NO_DAY, OPENED, RESOLVED
from banso_scoring.domain.struggle.course import Stage
from tests.scoring.domain.builders import usual
from tests.scoring.domain.struggle.lives import (
    FROM,
    UNTIL,
    Day,
    lived,
    on,
    plain_life,
    spoken_model,
    troubled,
)

MODEL = spoken_model(memory_days=40)
COHORT = usual(MODEL)
MODELS = {source: (one := spoken_model(source), usual(one)) for source in ("connected", "none")}
BEGAN, SEEN = 100, 101
SILENT = troubled(plain_life(), BEGAN, 14)
LIVES = {
    "none": plain_life(),
    "silent": SILENT,
    "spoken": {**SILENT, "contact": on(104)},
    "slowly": {**SILENT, "contact": on(104), "answer": on(105), "solved": on(116)},
    "fast": {**SILENT, "contact": on(112), "answer": on(113), "solved": on(114)},
    "too early": {**SILENT, "contact": on(102), "answer": on(102), "solved": on(103)},
    "again soon": {**troubled(SILENT, 128, 14), "contact": on(104)},
    "again, spoken of at once": {**troubled(SILENT, 135, 14), "contact": on(135)},
    "lead": {**SILENT, "contact": on(SEEN - 7)},
    "before the lead": {**SILENT, "contact": on(SEEN - 8)},
}
Life = list[Day]


@pytest.fixture(scope="module")
def lives() -> dict[str, Life]:
    return dict(zip(LIVES, lived(MODEL, COHORT, list(LIVES.values())), strict=True))


def stages(life: Life) -> list[Stage]:
    """The stages that a life goes through."""
    return [life[0].stage, *(after.stage for before, after in pairwise(life) if before.stage is not after.stage)]


def test_one_and_the_same_trouble_is_judged_in_the_order_of_the_first_law(lives: dict[str, Life]) -> None:
    after = 117 - FROM
    factor = {name: life[after].factor for name, life in lives.items()}
    assert factor["fast"] == factor["none"] == 1.0
    assert factor["none"] > factor["slowly"] > factor["spoken"] > factor["silent"]
    score = {name: life[after].score for name, life in lives.items()}
    assert score["none"] > score["fast"] > score["slowly"] > score["spoken"] > score["silent"]
    assert score["none"] - score["fast"] < 10, "what is solved hardly counts any more"


def test_a_trouble_is_opened_spoken_of_answered_resolved_and_confirmed(lives: dict[str, Life]) -> None:
    wanted = [Stage.NONE, Stage.UNSPOKEN, Stage.CONTACTED, Stage.ANSWERED, Stage.RESOLVED, Stage.CONFIRMED, Stage.NONE]
    assert stages(lives["slowly"]) == wanted


def test_who_never_spoke_stays_so_when_the_friction_ends_and_is_forgiven_in_time(lives: dict[str, Life]) -> None:
    silent = lives["silent"]
    assert silent[SEEN - FROM].stage is Stage.UNSPOKEN
    over = next(day for day in silent if day.days[CLOSED] != NO_DAY)
    later = [day.factor for day in silent if day.day >= over.day]
    assert over.factor == MODEL.trouble.unspoken
    assert later == sorted(later)
    assert silent[over.day + 20 - FROM].factor == pytest.approx((1 + MODEL.trouble.unspoken) / 2)
    assert stages(silent) == [Stage.NONE, Stage.UNSPOKEN, Stage.NONE]
    assert silent[-1].factor == 1.0


def test_who_spoke_and_whose_friction_ends_is_resolved_by_that(lives: dict[str, Life]) -> None:
    over = next(day for day in lives["spoken"] if day.days[CLOSED] != NO_DAY)
    assert (over.stage, over.days[RESOLVED], over.factor) == (Stage.RESOLVED, over.day, MODEL.trouble.slowly)


def test_trouble_that_goes_on_after_it_was_called_solved_has_come_again(lives: dict[str, Life]) -> None:
    recurred = next(day for day in lives["too early"] if day.stage is Stage.RECURRED)
    assert recurred.recurred
    assert 103 < recurred.day <= 107
    assert recurred.factor == MODEL.trouble.open
    assert not any(day.recurred for day in lives["slowly"]), "friction of before the resolution is not trouble after it"


def test_trouble_that_opens_again_within_the_days_of_confirming_has_been_spoken_of(lives: dict[str, Life]) -> None:
    again = next(day for day in lives["again soon"] if day.days[OPENED] > 120)
    resolved = next(day.days[RESOLVED] for day in lives["again soon"] if day.days[RESOLVED] != NO_DAY)
    assert again.day - resolved <= MODEL.trouble.confirm_days
    assert (again.stage, again.recurred) == (Stage.RECURRED, True)


def test_new_trouble_does_not_make_good_what_is_past(lives: dict[str, Life]) -> None:
    life = lives["again, spoken of at once"]
    begins = next(place for place, day in enumerate(life) if day.days[OPENED] > 120)
    assert life[begins].stage is Stage.CONTACTED
    assert MODEL.trouble.unspoken < life[begins - 1].factor < 1
    assert life[begins].factor == MODEL.trouble.open
    ended = next(place for place, day in enumerate(life) if place > begins and not day.is_open)
    assert life[ended].factor < MODEL.trouble.slowly, "the first, of which never a word was said, still weighs"


def test_who_is_in_trouble_is_never_healthy(lives: dict[str, Life]) -> None:
    for life in lives.values():
        for day in life:
            unsolved = day.is_open and day.stage not in (Stage.RESOLVED, Stage.CONFIRMED)
            assert not (day.healthy and (day.told or unsolved)), (day.day, day.stage)


def test_who_is_told_to_struggle_is_not_healthy_though_friction_alone_would_not_say_so() -> None:
    told = spoken_model(signals="{struggling: {open: -9, close: -10}}", trouble="{enabled: false}")
    life = lived(told, usual(told), [plain_life()])[0]
    assert life[-1].told
    assert life[-1].score > told.bands.healthy_from
    assert not any(day.healthy for day in life)


def test_who_wrote_a_little_before_the_trouble_was_seen_has_spoken_of_it(lives: dict[str, Life]) -> None:
    assert next(day.day for day in lives["silent"] if day.is_open) == SEEN
    assert Stage.UNSPOKEN not in stages(lives["lead"])
    assert Stage.UNSPOKEN in stages(lives["before the lead"])


def test_with_contact_unknown_nobody_is_said_to_be_silent() -> None:
    model, cohort = MODELS["none"]
    life = lived(model, cohort, [SILENT])[0]
    assert {day.stage for day in life} == {Stage.NONE, Stage.CONTACT_UNKNOWN}
    assert min(day.factor for day in life) == model.trouble.open


def test_a_model_may_leave_the_course_out() -> None:
    model = spoken_model(trouble="{enabled: false}")
    assert {day.factor for day in lived(model, usual(model), [SILENT])[0]} == {1.0}


@st.composite
def histories(draw: st.DrawFn) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """A life with up to three troubles of any size, and the same with one of them written of, answered and solved."""
    rate = draw(st.sampled_from([1.0, 3.0, 8.0, 25.0]))
    life, begins = plain_life(rate), []
    for _ in range(draw(st.integers(1, 3))):
        begin, length = draw(st.integers(FROM, UNTIL - 20)), draw(st.integers(1, 25))
        life = troubled(life, begin, length, draw(st.sampled_from([0.5, 1.0, 2.0, 6.0])) * rate / 8)
        begins.append(begin)
    wrote = draw(st.sampled_from(begins)) + draw(st.integers(0, 25))
    answered = wrote + draw(st.integers(0, 6))
    days = (wrote, answered, answered + draw(st.integers(0, 12)))
    said = {name: on(min(day, UNTIL - 1)) for name, day in zip(("contact", "answer", "solved"), days, strict=True)}
    return life, {**life, **said}


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(pairs=st.lists(histories(), min_size=12, max_size=12), source=st.sampled_from(["connected", "none"]))
def test_turning_silence_into_complaint_and_resolution_never_lowers_the_score_of_any_day(
    pairs: list[tuple[dict[str, Floats], dict[str, Floats]]], source: str
) -> None:
    model, cohort = MODELS[source]
    both = lived(model, cohort, [life for pair in pairs for life in pair])
    for silent, spoken in zip(both[::2], both[1::2], strict=True):
        for one, other in zip(silent, spoken, strict=True):
            assert other.factor >= one.factor - 1e-12, (one.day, one.stage, other.stage)
            assert not other.score < one.score - 1e-9, (one.day, one.stage, other.stage)
            assert one.days[CONTACTED] == NO_DAY
            assert one.score <= one.before or np.isnan(one.before)
            assert 0.0 < one.factor <= 1.0
