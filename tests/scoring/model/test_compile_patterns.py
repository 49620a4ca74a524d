"""The sections `objectives` and `patterns` of the model file: what contradicts itself is named with its line."""

from __future__ import annotations

import pytest

from banso_scoring.domain.plan.objectives import ObjectiveRules
from banso_scoring.model.load import check, default_model, load_model
from tests.scoring.domain.builders import SMALL


def faults(section: str) -> list[str]:
    return [str(finding) for finding in check(SMALL + section, "small.yaml")]


def test_the_default_model_says_what_it_does_with_objectives() -> None:
    stated = ObjectiveRules(enabled=True, grace=0.1, behind=0.5, ceiling_failing=50.0, ceiling_without=85.0)
    assert default_model().objectives == stated
    assert load_model(SMALL, "small.yaml").objectives == stated, "what a file leaves out is the same"


def test_a_model_that_says_otherwise_is_another_version() -> None:
    other = load_model(SMALL + "objectives: {ceiling_without: 100}\n", "small.yaml")
    assert other.version != load_model(SMALL, "small.yaml").version
    assert other.objectives.ceiling_without == 100


def test_patterns_put_their_weights_in_place_of_the_plain_ones() -> None:
    section = "patterns: {any_of: {talk: {when: [{metric: acts, at_least: 1}], weights: {use: 6, smooth: 0}}}}\n"
    (pattern,) = load_model(SMALL + section, "small.yaml").patterns.any_of
    assert pattern.times == (2.0, 0.0, 1.0)
    assert pattern.labels == {"ja": "talk", "en": "talk"}


@pytest.mark.parametrize(
    ("section", "says"),
    [
        ("objectives: {grace: 0.5}\n", "objectives.behind: to be failing has to be more than the grace of 0.5"),
        ("objectives: {ceiling: 50}\n", 'objectives.ceiling: unknown key, did you mean "ceiling_without"?'),
        (
            "objectives: {ceiling_failing: 101}\n",
            "objectives.ceiling_failing: Input should be less than or equal to 100",
        ),
        ("patterns: {any_of: {a: {wenn: []}}}\n", 'a.wenn: unknown key, did you mean "when"?'),
        ("patterns: {any_of: {a: {when: []}}}\n", "patterns.any_of.a.when: List should have at least 1 item"),
        (
            "patterns: {any_of: {a: {when: [{metric: actz, at_least: 1}]}}}\n",
            'no such metric, did you mean "acts"?',
        ),
        (
            "patterns: {any_of: {a: {when: [{metric: acts, at_least: 1}], weights: {uze: 3}}}}\n",
            'weights.uze: no such dimension, did you mean "use"?',
        ),
        (
            "patterns: {any_of: {a: {when: [{metric: acts, at_least: 1}], weights: {use: 0, smooth: 0, voice: 0}}}}\n",
            "weights: every dimension is left out",
        ),
    ],
)
def test_a_contradiction_is_named_with_its_place(section: str, says: str) -> None:
    found = faults(section)
    assert any(says in fault for fault in found), found
    assert all(fault.startswith(f"line {SMALL.count(chr(10)) + 1}: ") for fault in found)
