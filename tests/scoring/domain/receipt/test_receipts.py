"""Receipts: whatever happened between two moments, the parts add up to the change, and each says what it did."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banso_scoring.domain.facts.day_facts import Cell, Cells
from banso_scoring.domain.facts.panel import Panel
from banso_scoring.domain.receipt.apportion import TROUBLE
from banso_scoring.domain.receipt.ledger import Ledger
from banso_scoring.domain.receipt.receipts import Receipt, Status, explain, with_shown
from banso_scoring.domain.receipt.what_if import Kind, Moment, evaluated
from banso_scoring.domain.standing import CONTACTED, OPENED, SINCE, Standing
from banso_scoring.domain.struggle.course import CODES, Stage
from banso_scoring.model.load import load_model
from tests.scoring.domain.builders import SMALL, panel_of, small_model, usual

MODEL = small_model()
OTHER = load_model(SMALL.replace("use: {weight: 3", "use: {weight: 1"), "other.yaml")
COHORTS = [usual(MODEL, seed) for seed in range(3)]
TODAY = 20_000
BREADTH = MODEL.metric_index["breadth"]
NAMES = ["act", "error", "help", "contact", "rated", "paid", "unheard of", "page 1", "page 2"]

Said = tuple[int, int, int, int, int]
"""Days ago, days until it was known, name, how many, user."""
histories = st.lists(
    st.tuples(st.integers(0, 140), st.integers(0, 20), st.integers(0, 8), st.integers(1, 30), st.integers(1, 4)),
    max_size=60,
)


def ledger_of(some: list[Said]) -> Ledger:
    facts: dict[int, Cells] = {}
    for ago, later, name, count, user in some:
        day = TODAY - ago
        cell = facts.setdefault(day, {}).setdefault((NAMES[name], day + later), Cell())
        cell.count += count
        cell.sum += count * 7_300_000
        cell.users.add(user)
    return Ledger(facts)


def stated(day: int, seats: float = math.nan, renewal: float = math.nan) -> Panel:
    return panel_of(MODEL, {}, 1, seats=seats, renewal_in_days=renewal - day)


def moment(day: int, seats: float = math.nan, renewal: float = math.nan, cohort: int = 0) -> Moment:
    return Moment(MODEL, COHORTS[cohort], day, day, stated(day, seats, renewal))


def busy(days: int = 100, since: int = 0) -> list[Said]:
    """Two users who act on every day that is at least `since` days ago."""
    return [(ago, 0, 0, 3, 1 + ago % 2) for ago in range(since, since + days)]


def adds_up(receipt: Receipt) -> None:
    for part in receipt.parts:
        assert sum(line.micro for line in part.lines) == part.micro or part.kind is Kind.NOT_KEPT
    total = sum(part.micro for part in receipt.parts)
    if receipt.status is Status.CHANGE:
        assert receipt.before is not None and receipt.after is not None
        assert total == receipt.after - receipt.before
    elif receipt.status is Status.NEW_SCORE:
        assert total == receipt.after
    else:
        assert receipt.parts == ()


seat_counts = st.sampled_from([math.nan, 1.0, 4.0])
moments = st.tuples(st.integers(0, 40), seat_counts, seat_counts, st.integers(0, 2), st.integers(0, 2), st.booleans())


@settings(max_examples=60, deadline=None)
@given(some=histories, given_moments=moments, stored=st.none() | st.integers(0, 100_000_000))
def test_the_parts_add_up_to_the_change_to_the_last_millionth(
    some: list[Said], given_moments: tuple[int, float, float, int, int, bool], stored: int | None
) -> None:
    ago, seats_then, seats_now, cohort_then, cohort_now, other = given_moments
    before = moment(TODAY - ago, seats_then, cohort=cohort_then)
    after = moment(TODAY, seats_now, TODAY + 90.5, cohort_now)
    if other:
        after = replace(after, model=OTHER, cohort=replace(after.cohort))
    receipt = explain(ledger_of(some), before, after)
    adds_up(receipt)
    adds_up(with_shown(receipt, stored, None))
    for when, micro in ((before, receipt.before), (after, receipt.after)):
        score = evaluated(ledger_of(some), when).health.score[0]
        unborn = not ledger_of(some).began(when.known_day)
        assert unborn or math.isnan(score) if micro is None else micro == round(score * 1_000_000)


def test_when_nothing_came_only_time_has_passed() -> None:
    receipt = explain(ledger_of(busy(since=3)), moment(TODAY - 3), moment(TODAY))
    (part,) = receipt.parts
    assert part.kind is Kind.TIME
    assert part.micro < 0
    assert {line.metric for line in part.lines} == {"since"}


def test_of_one_moment_to_itself_there_is_nothing_to_tell() -> None:
    receipt = explain(ledger_of(busy()), moment(TODAY), moment(TODAY))
    assert (receipt.status, receipt.parts) == (Status.CHANGE, ())


def test_the_course_of_trouble_is_a_part_of_its_own_and_the_parts_add_up() -> None:
    facts = busy(since=1) + [(age, 0, 1, 5, 1) for age in range(12)]
    silent, spoken = Standing.new(1), Standing.new(1)
    for standing in (silent, spoken):
        standing.trouble_days[[OPENED, SINCE], 0] = TODAY - 9, TODAY - 12
        standing.trouble_stage[:] = CODES[Stage.UNSPOKEN]
    spoken.trouble_days[CONTACTED, 0], spoken.trouble_stage[:] = TODAY - 3, CODES[Stage.CONTACTED]
    before, after = replace(moment(TODAY), previous=silent), replace(moment(TODAY), previous=spoken)
    receipt = explain(ledger_of(facts), before, after)
    (part,) = [one for one in receipt.parts if one.kind is Kind.TROUBLE]
    assert part.micro > 0
    assert {(line.dimension, line.metric) for line in part.lines} == {TROUBLE}
    adds_up(receipt)


def test_a_new_score_says_what_trouble_takes_from_it() -> None:
    facts = [(age, age, 0, 6, 1) for age in range(60)] + [(age, age, 1, 5, 1) for age in range(12)]
    receipt = explain(ledger_of(facts), moment(TODAY - 1), moment(TODAY))
    assert receipt.status is Status.NEW_SCORE
    (part,) = [one for one in receipt.parts if one.kind is Kind.TROUBLE]
    assert part.micro < 0
    assert sum(one.micro for one in receipt.parts) == receipt.after


def test_facts_are_told_by_their_name_with_how_many_came_when_and_late() -> None:
    some = [*busy(since=1), (0, 0, 0, 5, 1), (0, 0, 1, 9, 1), (4, 4, 1, 2, 1)]
    receipt = explain(ledger_of(some), moment(TODAY - 1), moment(TODAY))
    parts = {part.name: part for part in receipt.parts if part.kind is Kind.FACTS}
    assert set(parts) == {"act", "error"}
    assert parts["act"].micro > 0 > parts["error"].micro
    news = parts["error"].news
    assert news is not None
    assert (news.events, news.late, news.first_day, news.last_day) == (11, 2, TODAY - 4, TODAY)
    assert {line.dimension or line.metric for line in parts["error"].lines} == {"smooth", "trouble"}


def test_late_facts_of_a_day_are_no_part_of_what_was_known_on_it() -> None:
    some = [*busy(), (20, 15, 1, 25, 1)]
    then = explain(ledger_of(some), moment(TODAY - 10), moment(TODAY - 10))
    without = explain(ledger_of(busy()), moment(TODAY - 10), moment(TODAY - 10))
    assert then.before == without.before


def test_equal_facts_get_equal_parts_whatever_their_names() -> None:
    text = SMALL + "trouble: {enabled: false}\n"  # it would multiply the one that has a metric more
    model = load_model(text.replace("events: [error]", "events: [error, zzz]", 1), "two.yaml")
    facts = dict(ledger_of(busy(since=1)).facts) | {
        TODAY: {("act", TODAY): Cell(3), ("error", TODAY): Cell(4), ("zzz", TODAY): Cell(4)}
    }
    before = Moment(model, usual(model), TODAY - 1, TODAY - 1, stated(TODAY))
    receipt = explain(Ledger(facts), before, replace(before, day=TODAY, known_day=TODAY))
    parts = {part.name: part.micro for part in receipt.parts}
    assert parts["error"] < 0
    # the metric error_rate names `error` alone; trouble counts both
    shares = {part.name: sum(line.micro for line in part.lines if line.metric == "trouble") for part in receipt.parts}
    assert abs(shares["error"] - shares["zzz"]) <= 1


def test_many_names_are_told_as_the_loudest_and_the_rest_together() -> None:
    names = [f"act {number}" for number in range(12)]
    model = load_model(
        SMALL.replace("attempt: [act]", "attempt: ['act*']").replace("events: [act]", "events: ['act*']"), "x"
    )
    facts = dict(ledger_of(busy(since=1)).facts) | {
        TODAY: {(name, TODAY): Cell(1 + number) for number, name in enumerate(names)}
    }
    before = Moment(model, usual(model), TODAY - 1, TODAY - 1, stated(TODAY))
    receipt = explain(Ledger(facts), before, replace(before, day=TODAY, known_day=TODAY))
    adds_up(receipt)
    assert len([part for part in receipt.parts if part.kind is Kind.FACTS]) <= 5
    (rest,) = (part for part in receipt.parts if part.kind is Kind.OTHER_FACTS)
    assert rest.news is not None
    assert sum(part.news.events for part in receipt.parts if part.news) == sum(range(1, 13))


def test_seats_cohort_and_model_have_parts_of_their_own() -> None:
    seated = replace(MODEL, dimensions=(replace(MODEL.dimensions[0], metrics=(BREADTH,), weights=(1.0,)),))
    few, many = (replace(moment(TODAY, seats), model=seated) for seats in (2.0, 40.0))
    seats = explain(ledger_of(busy()), few, many)
    assert [(part.kind, part.lines[0].metric) for part in seats.parts] == [(Kind.ATTRIBUTES, "breadth")]
    assert seats.parts[0].micro < 0
    some = ledger_of([*busy(), *[(ago, 0, 1, 1, 1) for ago in range(0, 30, 5)]])
    rates = replace(COHORTS[0], rates=COHORTS[0].rates * 3)
    cohort = explain(some, moment(TODAY), replace(moment(TODAY), cohort=rates))
    assert [part.kind for part in cohort.parts] == [Kind.COHORT]
    assert cohort.parts[0].micro > 0
    model = explain(some, moment(TODAY), replace(moment(TODAY), model=OTHER))
    assert [part.kind for part in model.parts] == [Kind.MODEL]


def test_a_new_score_is_told_by_what_it_is_made_of() -> None:
    receipt = explain(ledger_of(busy(5)), moment(TODAY - 90), moment(TODAY))
    adds_up(receipt)
    assert (receipt.status, receipt.before) == (Status.NEW_SCORE, None)
    assert {part.kind for part in receipt.parts} == {Kind.DIMENSION}
    assert "use" in {part.name for part in receipt.parts}


def test_a_score_that_is_gone_names_the_evidence_that_is_gone() -> None:
    model = replace(MODEL, bands=replace(MODEL.bands, coverage_min=0.75))
    some = [*busy(10, since=60), (60, 0, 4, 2, 1)]
    before = Moment(model, COHORTS[0], TODAY - 60, TODAY - 60, stated(TODAY))
    receipt = explain(ledger_of(some), before, replace(before, day=TODAY + 60, known_day=TODAY + 60))
    assert receipt.status is Status.NO_SCORE_NOW
    assert "rating" in receipt.lost
    assert receipt.coverage[0] > receipt.coverage[1]
    adds_up(receipt)


def test_what_was_shown_and_cannot_be_worked_out_again_is_a_part_and_not_a_lie() -> None:
    receipt = explain(ledger_of(busy(since=3)), moment(TODAY - 3), moment(TODAY))
    assert receipt.before is not None
    kept = with_shown(receipt, receipt.before + 250_000, None)
    assert kept.parts[-1].kind is Kind.NOT_KEPT
    assert kept.parts[-1].micro == -250_000
    adds_up(kept)
    assert with_shown(receipt, receipt.before, None) == receipt
    both = with_shown(receipt, receipt.before + 250_000, receipt.before)
    adds_up(both)


@pytest.mark.parametrize("names", [1, 30])
def test_the_cost_is_bounded_by_the_groups_and_not_by_the_facts(names: int) -> None:
    cells: Cells = {(f"act {number}", TODAY): Cell(number + 1, users=range(50)) for number in range(names)}
    facts = dict(ledger_of(busy(since=1)).facts) | {TODAY: cells}
    after = replace(moment(TODAY, 9.0, 20_100.0, 1))
    receipt = explain(Ledger(facts), moment(TODAY - 1), after)
    adds_up(receipt)
    assert np.isfinite([part.micro for part in receipt.parts]).all()
