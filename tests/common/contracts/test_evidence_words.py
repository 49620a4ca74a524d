"""The evidence sentence: made from the numbers alone, right in both languages, plain about what is not known."""

from __future__ import annotations

from typing import Any

import pytest

from banso_common.contracts.account_signal import ChannelEvidence, Evidence
from banso_common.contracts.evidence_words import counted, sentence, sentences, texts


def channel(**changed: Any) -> ChannelEvidence:
    """Fourteen failed imports by four users in three days."""
    said: dict[str, Any] = {
        "channel": "failure",
        "labels": {"ja": "失敗した操作", "en": "failed actions"},
        "seen": 14,
        "expected": 3.04,
        "users": 4,
        "log_evidence": 3.0,
        "event": "import.failed",
        "event_seen": 14,
        "days": 3,
    }
    return ChannelEvidence(**{**said, **changed})


def evidence(*channels: ChannelEvidence, **changed: Any) -> Evidence:
    """What was found of an account that wrote nothing."""
    said: dict[str, Any] = {"contacts_seen": 0, "contacts_expected": 2.31, "no_contact_probability": 0.12}
    return Evidence(**{"window_days": 56, "attempts": 210, "channels": list(channels), **said, **changed})


CHANCE = {
    "en": "The chance of that, had they no reason to be silent: 12 %.",
    "ja": "黙る理由がないのにこうなる確率は12 %です。",
}
GOLDEN = [
    (
        evidence(channel()),
        [
            "14 failed imports by 4 users in 3 days, usually 3; accounts like this write 2.3 times, this one wrote 0.",
            CHANCE["en"],
        ],
        [
            "「import failed」が3日間に14回（4人、通常は3回）、"
            "同じような顧客は2.3回問い合わせますが、このお客様は0回です。",
            CHANCE["ja"],
        ],
    ),
    (
        evidence(channel(seen=1, event_seen=1, users=1, days=1, expected=0.2), contacts_seen=1, contacts_expected=1.0),
        ["1 failed import by 1 user in 1 day, usually 0.2; accounts like this write once, this one wrote once."],
        ["「import failed」が1日に1回（1人、通常は0.2回）、同じような顧客は1回問い合わせますが、このお客様は1回です。"],
    ),
    (
        evidence(channel(event_seen=9), channel(channel="error", event="login error", log_evidence=1.0, users=0)),
        [
            "“failed actions” 14 times by 4 users in 3 days (9 failed imports among them), usually 3; "
            "accounts like this write 2.3 times, this one wrote 0.",
            "14 login errors in 3 days, usually 3.",
            CHANCE["en"],
        ],
        [
            "「失敗した操作」が3日間に14回（4人、うち「import failed」9回、通常は3回）、"
            "同じような顧客は2.3回問い合わせますが、このお客様は0回です。",
            "「login error」が3日間に14回（通常は3回）。",
            CHANCE["ja"],
        ],
    ),
    (
        evidence(
            channel(event=None, event_seen=None, days=None),
            contacts_seen=None,
            contacts_expected=None,
            no_contact_probability=None,
        ),
        [
            "“failed actions” 14 times by 4 users in 56 days, usually 3.",
            "Contact unknown: no live source of contacts is connected, so banso cannot say whether they wrote.",
        ],
        [
            "「失敗した操作」が56日間に14回（4人、通常は3回）。",
            "問い合わせの有無は不明です：生きている問い合わせ元が接続されていません。",
        ],
    ),
    (
        evidence(channel(seen=2, event_seen=2), attempts=1, enough_data=False, no_contact_probability=0.9),
        [
            "Accounts like this write 2.3 times, this one wrote 0.",
            "Not enough data yet: 1 attempt in 56 days.",
        ],
        [
            "同じような顧客は2.3回問い合わせますが、このお客様は0回です。",
            "まだデータが足りません：56日間で試行1回。",
        ],
    ),
]


@pytest.mark.parametrize(("found", "en", "ja"), GOLDEN)
def test_what_is_said_is_golden_in_both_languages(found: Evidence, en: list[str], ja: list[str]) -> None:
    assert sentences(found, "en") == en
    assert sentences(found, "ja") == ja
    assert texts(found) == {"en": " ".join(en), "ja": "".join(ja)}
    assert sentence(found, "en") == " ".join(en)


@pytest.mark.parametrize(
    ("event", "one", "five"),
    [
        ("import.failed", "1 failed import", "5 failed imports"),
        ("entry_rejected", "1 rejected entry", "5 rejected entries"),
        ("nightlyBatch failed", "1 failed nightly batch", "5 failed nightly batches"),
        ("imports failed", "1 failed imports", "5 failed imports"),
        ("Login Error", "1 login error", "5 login errors"),
        ("report shown", "“report shown” once", "“report shown” 5 times"),
        ("取込失敗", "“取込失敗” once", "“取込失敗” 5 times"),
        ("http 500 error", "“http 500 error” once", "“http 500 error” 5 times"),
        ("failed", "“failed” once", "“failed” 5 times"),
    ],
)
def test_events_are_counted_as_people_count_them(event: str, one: str, five: str) -> None:
    assert (counted(event, 1), counted(event, 5)) == (one, five)


def test_large_numbers_are_grouped_and_small_chances_are_not_written_as_none() -> None:
    found = evidence(
        channel(seen=12_345, event_seen=12_345, users=1_200, expected=1_034.6), no_contact_probability=0.001
    )
    said = sentences(found, "en")
    assert said[0].startswith("12,345 failed imports by 1,200 users in 3 days, usually 1,035;")
    assert said[1].endswith("<1 %.")


def test_what_is_usual_is_not_told_as_trouble_and_what_is_not_said_of_it_is_not_made_up() -> None:
    calm = evidence(channel(seen=3), contacts_seen=None, contacts_expected=None, no_contact_probability=None)
    assert sentences(calm, "en") == [GOLDEN[3][1][1]]


def test_a_name_from_outside_stays_on_its_line_and_is_no_flood() -> None:
    said = sentence(evidence(channel(event="evil\r\n\u2028now\u202e " + "x" * 500)), "en")
    assert not any(char in said for char in "\r\n\u2028\u202e")
    assert len(said) < 400
