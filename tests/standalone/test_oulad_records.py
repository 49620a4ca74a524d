"""Each happening becomes a record that ingest accepts as what it was, whichever form it is sent in."""

from __future__ import annotations

from zoneinfo import available_timezones

import pytest

from banso_common.clock import HOUR_MS
from banso_common.contracts.account_activity import AccountActivity, ActivityKind
from banso_common.contracts.topics import Topic, partition_of
from banso_ingest.domain.canonical import Arrival, canonical
from banso_ingest.domain.limits import Rules
from banso_ingest.formats.detect import read_record
from banso_standalone.examples import load_oulad
from banso_standalone.oulad import ATTRIBUTES, Extract, Happening
from banso_standalone.oulad_records import outgoing, record_of

NOON_AT = 1_772_625_600_000
RULES = Rules(zones=frozenset(available_timezones()))


@pytest.fixture(scope="module")
def extract() -> Extract:
    """The real enrolments of AAA 2014J."""
    return load_oulad(frozenset({"2014J"}), frozenset({"AAA"}))


def accepted(happening: Happening) -> AccountActivity:
    """What ingest makes of it at noon."""
    draft, _ = read_record(*record_of(happening, NOON_AT))
    return canonical(draft, Arrival(NOON_AT, "usage-events/0", 0), RULES)


def test_every_kind_of_event_is_accepted_as_what_it_was(extract: Extract) -> None:
    seen: set[str] = set()
    for day in range(extract.days):
        for happening in extract.on_day(day):
            if happening.name in seen and day % 20:
                continue
            seen.add(happening.name)
            activity = accepted(happening)
            is_about_account = happening.name == ATTRIBUTES
            assert activity.kind is (ActivityKind.ACCOUNT if is_about_account else ActivityKind.USAGE)
            assert activity.account == happening.enrolment.account
            assert is_about_account or activity.name == happening.name
            assert activity.user == happening.enrolment.student
            assert activity.id == happening.key
            assert NOON_AT - 3 * HOUR_MS <= activity.occurred_at <= NOON_AT
            assert activity.value == (None if happening.value is None else round(happening.value * 1_000_000))
    assert len(seen) == 8


def test_the_account_is_known_by_name_owner_and_language(extract: Extract) -> None:
    first = next(iter(extract.on_day(0)))
    said = accepted(first).properties
    assert said["name"] == f"AAA 2014J · student {first.enrolment.student}"
    assert (said["category"], said["owner_name"], said["owner_email"]) == ("AAA", "Tutor AAA", "tutor.aaa@example.org")
    assert said["owner_locale"] == "en-GB"


def test_all_accepted_forms_are_used_and_every_record_goes_to_the_partition_of_its_account(extract: Extract) -> None:
    happenings = [happening for day in range(60) for happening in extract.on_day(day)]
    columns = outgoing(happenings, NOON_AT, 8)
    values = [value for column in columns for value in column.values]
    assert len(values) == len(happenings)
    assert any(b'"specversion"' in value for value in values)
    assert any(b'"messageId"' in value for value in values)
    assert any(value.startswith(b'{"account"') and b'"specversion"' not in value for value in values)
    assert any(column.headers for column in columns), "CloudEvents in binary mode have headers"
    for column in columns:
        assert column.topic is Topic.USAGE_EVENTS
        for key, partition in zip(column.keys, column.partitions, strict=True):
            assert key is not None
            assert partition == partition_of(key.decode(), 8)


def test_a_day_without_events_is_no_record() -> None:
    assert outgoing([], NOON_AT, 8) == []
