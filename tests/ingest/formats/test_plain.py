"""The plain form is what a person would type."""

from __future__ import annotations

from typing import Any

import pytest

from banso_common.contracts.account_activity import ActivityKind
from banso_common.errors import Refused
from tests.ingest.given import NOW, PLAIN, activity


def test_an_account_and_a_name_are_enough() -> None:
    read = activity(b'{"account": "acme", "name": "login"}')
    assert (read.account, read.name, read.user, read.user_key, read.value) == ("acme", "login", None, 0, None)
    assert (read.occurred_at, read.properties, read.source) == (NOW, {}, "plain")


def test_attributes_say_what_the_account_is() -> None:
    read = activity({"account": "acme", "attributes": {"seats": 40, "time_zone": "Asia/Tokyo"}})
    assert (read.kind, read.name) == (ActivityKind.ACCOUNT, "account")
    assert read.properties == {"seats": 40, "time_zone": "Asia/Tokyo"}


@pytest.mark.parametrize("also", [{"name": "login"}, {"value": 1}, {"properties": {}}])
def test_one_event_does_not_say_both_what_was_done_and_what_the_account_is(also: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="bad-attribute"):
        activity({"account": "acme", "attributes": {"seats": 40}, **also})


@pytest.mark.parametrize("change", [{"account": 1.5}, {"value": "12"}, {"value": True}, {"at": 1.5}, {"properties": 5}])
def test_a_field_of_another_type_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="wrong-type"):
        activity(PLAIN | change)


@pytest.mark.parametrize(
    ("also", "own"),
    [
        ({"timestamp": NOW - 86_400_000}, "at"),
        ({"time": "2026-01-01T00:00:00Z"}, "at"),
        ({"userId": "mai"}, "user"),
        ({"messageId": "m1"}, "id"),
    ],
)
def test_who_when_and_which_said_as_other_forms_do_is_refused_and_not_passed_over(
    also: dict[str, Any], own: str
) -> None:
    with pytest.raises(Refused, match=f"foreign-field: .*the plain one says `{own}`"):
        activity(PLAIN | also)


def test_a_field_that_no_form_knows_is_passed_over() -> None:
    assert activity(PLAIN | {"tenant": "x", "plan": {"a": 1}}).account == "acme"
