"""Why an account is on the list is said from its numbers, the gravest reason first, in two sentences at most."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from banso_common.contracts.account_signal import Band, Severity, SignalKind
from banso_scoring.api import examples
from banso_scoring.api.detail_shapes import AccountDetail, OpenSignal
from banso_scoring.console.language import Language
from banso_scoring.console.sentences import why

DETAIL = msgspec.convert(examples.DETAIL, AccountDetail)


def _told(*kinds: SignalKind) -> AccountDetail:
    signals = [OpenSignal(kind, Severity.WARNING, 1, "2026-11-18") for kind in kinds]
    return replace(DETAIL, signals=signals)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ja", ["「エラー」が56日間に42回（通常3.2回、3人）", "問い合わせは0回（通常4.3回、偶然なら2%）"]),
        ("en", ["errors: 42 in 56 days, usually 3.2, 3 users", "wrote 0 times, usually 4.3, chance 2%"]),
    ],
)
def test_silent_trouble_is_what_went_wrong_and_how_unlikely_the_silence_is(language: Language, said: list[str]) -> None:
    assert why(_told(SignalKind.SILENT_STRUGGLING), language) == said


def test_who_writes_more_than_usual_is_not_told_the_chance_of_writing_so_little() -> None:
    detail = _told(SignalKind.STRUGGLING)
    loud = replace(detail, evidence=replace(detail.evidence, contacts_seen=9, no_contact_probability=0.97))
    assert why(loud, "en")[-1] == "wrote 9 times, usually 4.3"


def test_without_a_source_of_contacts_nothing_is_said_of_contacts() -> None:
    detail = _told(SignalKind.STRUGGLING)
    deaf = replace(detail, evidence=replace(detail.evidence, contacts_seen=None, contacts_expected=None))
    assert why(deaf, "en") == ["errors: 42 in 56 days, usually 3.2, 3 users"]


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
