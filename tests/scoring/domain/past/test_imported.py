"""A past that was told at once is, taken as it happened, the past of whoever was told in time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from banso_scoring.domain.past.imported import as_it_happened, late_share
from banso_scoring.domain.past.past import Past
from tests.scoring.domain.facts.test_fact_columns import Event
from tests.scoring.domain.past.test_past import ALL, FIRST, LAST, MODEL, bytes_of, past_of, stories


@given(some=stories)
@settings(deadline=None)
def test_taken_as_it_happened_a_late_past_shows_what_one_in_time_showed(some: list[Event]) -> None:
    timely = past_of([(one[0], one[1], one[1], *one[3:]) for one in some])
    late = past_of([(one[0], one[1], LAST, *one[3:]) for one in some])
    mended = Past(MODEL, as_it_happened(late.history))
    assert mended.history.statements[1]["seats"][0].known_at == mended.history.statements[1]["seats"][0].at
    for day in (FIRST, FIRST + 20, LAST):
        assert bytes_of(mended.panel(ALL, day, day)) == bytes_of(timely.panel(ALL, day, day))


def test_the_late_share_is_of_what_became_known_over_a_week_late() -> None:
    event = (0, FIRST, FIRST + 8, 0, 0, 0)
    history = past_of([event, (0, FIRST, FIRST + 7, 0, 0, 0)]).history
    assert late_share(history) == pytest.approx(0.5)
    assert late_share(replace(history, facts=history.facts.part(0, 0))) == 0.0
