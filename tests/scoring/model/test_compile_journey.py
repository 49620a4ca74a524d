"""What contradicts itself in a journey is said with its place."""

from __future__ import annotations

import pytest

from banso_scoring.model.load import check, default_model
from tests.scoring.domain.builders import SMALL


def faults(old: str, new: str) -> list[str]:
    text = SMALL.replace(old, new)
    assert text != SMALL
    return [f"{finding.path}: {finding.reason}" for finding in check(text, "small.yaml")]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[{metric: since, at_least: 20}], days: 2", "[{metric: acts, at_most: 6}], days: 2", "leave a gap"),
        ("days: 2, to: start}", "days: 2, to: run}", "leads to the same phase"),
        ("goal: [{metric: renewal, at_least: 100}]", "goal: []", "needs a goal"),
    ],
)
def test_a_journey_that_goes_to_and_fro_is_refused(old: str, new: str, said: str) -> None:
    assert any(said in fault for fault in faults(old, new))


def test_a_goal_and_a_fall_back_with_a_gap_between_are_good() -> None:
    assert faults("[{metric: since, at_least: 20}], days: 2", "[{metric: acts, at_most: 4}], days: 2") == []


def test_the_default_model_begins_a_term_with_each_renewal_and_asks_advocates_for_evidence() -> None:
    model = default_model()
    phases = {phase.key: phase for phase in model.journey}
    assert [key for key, phase in phases.items() if phase.renews] == ["renewal"]
    assert model.journey[phases["renewal"].next].key == "adoption"
    (evidence,) = phases["advocacy"].entry
    assert model.metrics[evidence.metric].name == "advocacy_acts"
    assert all(phase.do and phase.experience and phase.services and phase.goal for phase in phases.values())
