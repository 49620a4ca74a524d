"""Why an account is on the list is said from its numbers, the gravest reason first, in two sentences at most."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from banso_common.contracts.account_signal import Band, ChannelEvidence, Evidence, Severity, SignalKind
from banso_common.contracts.evidence_words import texts
from banso_common.web.language import Language
from banso_scoring.api import examples
from banso_scoring.api.detail_shapes import AccountDetail, OpenSignal
from banso_scoring.console.sentences import why

NAMES = ("channel", "seen", "expected", "users", "log_evidence", "event", "event_seen", "days")
DETAIL = msgspec.convert(examples.DETAIL, AccountDetail)


def _told(*kinds: SignalKind) -> AccountDetail:
    signals = [OpenSignal(kind, Severity.WARNING, 1, "2026-11-18") for kind in kinds]
    return replace(DETAIL, signals=signals)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_trouble_is_said_in_the_words_of_the_evidence(language: Language) -> None:
    for kind in (SignalKind.SILENT_STRUGGLING, SignalKind.STRUGGLING):
        (said,) = why(_told(kind), language)
        assert DETAIL.evidence.sentence[language].startswith(said), "the loudest of the evidence, the rest on the page"
        assert said.endswith((".", "。"))


def test_the_example_says_what_its_numbers_say() -> None:
    said = DETAIL.evidence
    channels = [
        ChannelEvidence(**{name: getattr(one, name) for name in NAMES}, labels=dict(one.label)) for one in said.channels
    ]
    numbers = {name: getattr(said, name) for name in Evidence.__struct_fields__ if name != "channels"}
    assert said.sentence == texts(Evidence(channels=channels, **numbers))


def test_a_stall_is_the_time_it_has_taken_and_what_is_furthest_from_its_goal() -> None:
    stalled = _told(SignalKind.STALLED)
    assert why(stalled, "ja") == ["運用に68日（目安120日）、未達：利用した日数（28日）は9（目標 ≥ 12）"]
    assert why(stalled, "en") == ["68 days in operation, expected 120; blocked by active days of 28 at 9, goal ≥ 12"]


def test_critical_health_begins_with_the_weakest_metric_and_then_tells_of_the_stall() -> None:
    both = why(_told(SignalKind.HEALTH_CRITICAL, SignalKind.STALLED), "en")
    assert both[0] == "Weakest: active days of 28 (9)"
    assert both[1].startswith("68 days in operation")
    assert len(why(_told(*SignalKind), "en")) == 2


def test_too_little_data_is_said_as_such() -> None:
    unknown = replace(DETAIL, signals=[], summary=replace(DETAIL.summary, band=Band.UNKNOWN, score=None, coverage=0.27))
    assert why(unknown, "en") == ["Only 27% of the evidence so far"]


def test_of_an_account_that_is_well_nothing_is_made_up() -> None:
    calm = replace(DETAIL.evidence, channels=[])
    well = [replace(metric, points=95.0) for metric in DETAIL.metrics]
    assert why(replace(DETAIL, signals=[], metrics=well, evidence=calm), "en") == []
