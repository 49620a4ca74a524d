"""The example for consumer products: guests with different ways of enjoying a park are each healthy in their own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from banso_common.contracts.account_signal import Band
from banso_scoring.domain.evaluation import Evaluation, evaluate
from banso_scoring.domain.facts.panel import Floats, Panel
from banso_scoring.domain.standing import BANDS, Standing
from banso_scoring.domain.struggle.cohort import sketch
from banso_scoring.domain.struggle.usual import fit
from banso_scoring.model.load import load_model
from tests.scoring.domain.builders import on_days, panel_of

FILE = Path("examples/models/consumer.yaml")
MODEL = load_model(FILE.read_text(encoding="utf-8"), FILE.name)
KEYS = [pattern.key for pattern in MODEL.patterns.any_of]
TODAY = 20_000
EACH_VISIT = {
    "parades": {"parade.watched": 2, "show.watched": 1},
    "rides": {"ride.taken": 6},
    "company": {"meal.bought": 2, "photo.shared": 2},
    "none": {},
    "queues": {"ride.taken": 1, "queue.left": 3},
}


def guests(*ways: str, visits: int = 5) -> Panel:
    """One guest for each way, who came every other week."""
    n = len(ways)
    days = {14 * ago + 2: 1.0 for ago in range(visits)}
    events: dict[str, Floats] = {"visit": on_days(n, days)}
    for guest, way in enumerate(ways):
        for event, times in EACH_VISIT[way].items():
            counts = events.setdefault(event, on_days(n, {}))
            counts[guest] = on_days(1, {ago: float(times) for ago in days})[0]
    return panel_of(MODEL, events, n, age_days=300)


def found(panel: Panel, previous: Standing | None = None, day: int = TODAY) -> tuple[Standing, Evaluation]:
    usual = guests(*EACH_VISIT, *EACH_VISIT)
    cohort = fit(MODEL, sketch(MODEL, usual, TODAY))
    return evaluate(MODEL, cohort, panel, previous or Standing.new(panel.n), np.full(panel.n, day))


def test_each_way_of_enjoying_the_park_is_healthy_by_itself() -> None:
    standing, made = found(guests("parades", "rides", "company"))
    assert [KEYS[index] for index in standing.pattern] == ["parades", "rides", "company"]
    assert [BANDS[code] for code in standing.band] == [Band.HEALTHY] * 3
    assert (made.health.score >= 80).all()


def test_who_comes_and_finds_no_way_is_seen() -> None:
    standing, made = found(guests("parades", "none"))
    assert standing.pattern[1] == -1
    assert made.health.score[1] < made.health.score[0] - 15


def test_no_way_is_judged_by_what_another_way_does() -> None:
    alone = found(guests("parades"))[1].health.score[0]
    both = guests("parades")
    rides = next(index for index, metric in enumerate(MODEL.metrics) if metric.name == "rides")
    daily = np.array(both.daily)
    daily[MODEL.metrics[rides].series] += 0.03
    assert found(replace(both, daily=daily))[1].health.score[0] == pytest.approx(alone, abs=1.0)


def test_a_guest_who_changes_ways_changes_segments_after_a_month() -> None:
    before = found(guests("parades"))[0]
    standing, day = before, TODAY
    for _ in range(MODEL.patterns.hold_days):
        assert KEYS[int(standing.pattern[0])] == "parades"
        day += 1
        standing = found(guests("rides"), standing, day)[0]
    assert KEYS[int(standing.pattern[0])] == "rides"
