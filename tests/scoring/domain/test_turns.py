"""Moments that are days of facts: a contact in trouble, a contract that ends or is renewed, each told once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from banso_common.contracts.account_signal import SignalKind
from banso_scoring.domain.evaluation import evaluate
from banso_scoring.domain.signals import LATELY_DAYS
from banso_scoring.domain.standing import KIND_ROWS, KINDS, SINCE, Standing
from tests.scoring.domain.builders import on_days, panel_of, small_model, steady, usual

MODEL = small_model()
COHORT = usual(MODEL)
DAY = 20_000
TROUBLE = dict.fromkeys(range(14), 9.0)


def told(events: Mapping[str, Mapping[int, float]], previous: Standing | None = None) -> tuple[Standing, set[str]]:
    """What is told on DAY of an account with so many events, by how many days ago, and its standing after."""
    panel = panel_of(MODEL, {"act": steady(1, 3), **{name: on_days(1, days) for name, days in events.items()}}, 1)
    standing, found = evaluate(MODEL, COHORT, panel, previous or Standing.new(1), np.array([DAY]))
    return standing, {str(KINDS[kind]) for kind in found.changes.kind}


def test_a_contact_is_told_of_an_account_in_trouble_and_of_no_other() -> None:
    assert "contact-made" not in told({"contact": {0: 1}})[1]
    before = told({"error": TROUBLE})[0]
    assert before.open.any()
    assert "contact-made" in told({"error": TROUBLE, "contact": {0: 1}}, before)[1]


def test_a_contact_of_the_time_before_the_trouble_is_not_about_it() -> None:
    before = told({"error": TROUBLE})[0]
    lead = DAY - int(before.trouble_days[SINCE, 0])
    assert 0 < lead < LATELY_DAYS - 1
    assert "contact-made" in told({"error": TROUBLE, "contact": {lead: 1}}, before)[1]
    assert "contact-made" not in told({"error": TROUBLE, "contact": {lead + 1: 1}}, before)[1]


@pytest.mark.parametrize(
    ("kind", "event"), [(SignalKind.CONTRACT_RENEWED, "renewed"), (SignalKind.CONTRACT_ENDED, "ended")]
)
def test_the_turn_of_a_contract_is_told_once_however_late_it_is_known(kind: SignalKind, event: str) -> None:
    standing, said = told({event: {3: 1}})
    assert kind in said
    assert kind not in told({event: {3: 1}}, standing)[1]
    assert kind not in told({event: {LATELY_DAYS: 1}})[1]
    assert not standing.open[KIND_ROWS[kind]].any()


def test_of_a_contract_that_ended_and_was_renewed_only_the_newer_is_told() -> None:
    turns = {SignalKind.CONTRACT_ENDED, SignalKind.CONTRACT_RENEWED}
    assert told({"ended": {5: 1}, "renewed": {2: 1}})[1] & turns == {SignalKind.CONTRACT_RENEWED}
    assert told({"ended": {2: 1}, "renewed": {5: 1}})[1] & turns == {SignalKind.CONTRACT_ENDED}
