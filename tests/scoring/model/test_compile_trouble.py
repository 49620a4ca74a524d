"""The section `trouble`, and the roles of an answer and a resolution: the order of the first law is held on load."""

from __future__ import annotations

import pytest

from banso_scoring.model.findings import ModelError
from banso_scoring.model.load import default_model, load_model
from tests.scoring.domain.struggle.lives import spoken_model


def faults(trouble: str, text: str = "") -> list[str]:
    """What a model with this section is refused for."""
    with pytest.raises(ModelError) as refused:
        spoken_model(trouble=trouble)
    return [finding.reason for finding in refused.value.findings]


def test_factors_that_put_the_silent_above_who_speaks_are_refused() -> None:
    assert "does not hold" in faults("{open: 0.5, unspoken: 0.5}")[0]
    assert "does not hold" in faults("{slowly: 0.5, open: 0.5}")[0]
    assert "does not hold" in faults("{slowly: 1}")[0]


def test_a_factor_at_which_trouble_could_be_shown_healthy_is_refused() -> None:
    (reason,) = faults("{open: 0.6}")
    assert reason.startswith("who is in trouble would score up to 60 and could be shown healthy")
    assert spoken_model(trouble="{open: 0.59}").trouble.open == 0.59


def test_a_section_that_is_left_out_fits_whatever_the_bands_are() -> None:
    rules = spoken_model().trouble
    assert 1 > rules.slowly > rules.open > rules.unspoken > 0
    assert 100 * rules.open < spoken_model().bands.healthy_until


def test_factors_that_are_switched_off_are_not_judged() -> None:
    assert not spoken_model(trouble="{enabled: false, open: 1, unspoken: 1}").trouble.enabled


def test_an_answer_and_a_resolution_are_neither_contact_nor_friction_nor_what_an_account_does() -> None:
    model, roles = default_model(), default_model().roles
    assert model.series_of["support.resolved"] == model.series_of["ticket.solved"]
    for event in ("support.resolved", "ticket.closed", "ticket answered", "support.replied"):
        mine = set(model.series_of[event])
        assert mine <= {roles.answered, roles.resolved}
        assert len(mine) == 1
    assert roles.contact in model.series_of["support.opened"]


def test_an_event_that_is_written_out_as_a_contact_is_no_resolution() -> None:
    text = spoken_model().text.replace("resolved: [solved]", "resolved: [solved, Contact]")
    with pytest.raises(ModelError, match='"contact" is contact already, and cannot be both'):
        load_model(text, "small.yaml")
