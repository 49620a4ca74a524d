"""From the file to series: which events are counted where."""

from __future__ import annotations

import pytest

from banso_scoring.domain.success_model import NAMES_REMEMBERED_MAX, FrictionKind
from banso_scoring.model.findings import ModelError
from banso_scoring.model.load import default_model, load_model
from tests.scoring.domain.builders import SMALL, small_model


def test_metrics_over_the_same_events_share_one_series() -> None:
    model = small_model()
    of_acts = [series for series in model.series if series.events == frozenset({"act"})]
    assert len(of_acts) == 1


def test_events_find_their_series_whatever_their_case_and_unknown_ones_find_none() -> None:
    model = small_model()
    assert model.series_of["ACT"] == model.series_of["act"] != ()
    assert model.series_of["something else"] == ()


def test_values_are_summed_beside_the_count_of_the_same_events() -> None:
    model = small_model()
    assert sorted(model.series[index].of for index in model.series_of["paid"]) == ["count", "sum"]


def test_asking_writing_and_rating_are_no_attempts_but_failing_is() -> None:
    model = default_model()
    attempt = model.roles.attempt
    assert attempt in model.series_of["report.exported"]
    assert attempt in model.series_of["export.failed"]
    for event in ("help viewed", "ticket.opened", "nps.answered"):
        assert attempt not in model.series_of[event]


def test_the_default_model_knows_friction_and_contact_by_their_usual_names() -> None:
    model = default_model()
    channels = {channel.name: channel for channel in model.roles.channels}
    for event, channel in (
        ("Error Shown", "error"),
        ("import.failed", "failure"),
        ("checkout_abandoned", "abandoned"),
        ("Help Viewed", "help"),
        ("docs.read", "help"),
    ):
        assert channels[channel].series in model.series_of[event]
    assert model.roles.contact in model.series_of["Ticket Created"]
    assert (channels["help"].ratio, channels["help"].weight) == (1.8, 0.75)
    assert (channels["error"].ratio, channels["error"].weight) == (2.5, 1.0)
    assert channels["help"].kind is FrictionKind.HELP


def test_the_look_up_of_names_is_bounded() -> None:
    model = small_model()
    for number in range(NAMES_REMEMBERED_MAX + 50):
        assert model.series_of[f"made-up-{number}"] == ()
    assert len(model.series_of) <= NAMES_REMEMBERED_MAX


def test_only_a_channel_that_is_there_can_be_excepted_from_incidents() -> None:
    with pytest.raises(ModelError) as refused:
        load_model(SMALL + "incidents: {except: [eror]}\n", "small.yaml")
    (finding,) = refused.value.findings
    assert finding.reason == 'no channel of friction is called "eror", did you mean "error"?'
    assert load_model(SMALL + "incidents: {except: [error]}\n", "small.yaml").incidents.exempt == {"error"}


def test_user_windows_are_shared() -> None:
    assert small_model().user_windows == (28,)


def test_no_student_can_be_called_silent_without_a_contact_source() -> None:
    model = small_model("none")
    assert model.roles.contact_source is False
    assert (
        load_model(
            "name: a\nroles: {attempt: [a]}\nmetrics: {m: {kind: trouble, ramp: [[0, 1], [1, 0]]}}\n"
            "dimensions: {d: {weight: 1, metrics: {m: 1}}}\njourney: {p: {}}\n",
            "a",
        ).roles.contact
        == -1
    )
