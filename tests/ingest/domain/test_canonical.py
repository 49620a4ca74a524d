"""An event is judged in one place: who, what, when, how much."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_common.clock import DAY_MS, MINUTE_MS
from banso_common.contracts.account_activity import MICRO, AccountActivity, ActivityKind
from banso_common.contracts.codec import identity_of
from banso_common.errors import Refused
from banso_ingest.domain import limits
from banso_ingest.domain.canonical import Arrival
from tests.ingest.given import ARRIVAL, NOW, PLAIN, RULES, TRACK, activity, without

KEPT_MS = RULES.kept_ms


def test_a_plain_event_becomes_the_canonical_activity() -> None:
    assert activity(PLAIN) == AccountActivity(
        v=1,
        kind=ActivityKind.USAGE,
        identity=identity_of("plain", "p-1"),
        id="p-1",
        source="plain",
        account="acme",
        name="report.created",
        occurred_at=NOW - MINUTE_MS,
        received_at=NOW,
        user="mika",
        user_key=identity_of("acme", "mika"),
        value=12_500_000,
        properties={"format": "pdf"},
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"account": None}, "missing-account"),
        ({"account": ""}, "missing-account"),
        ({"account": "a" * (limits.ACCOUNT_LENGTH_MAX + 1)}, "bad-account"),
        ({"account": "ac\tme"}, "bad-account"),
        ({"account": "ac\u202eme"}, "bad-account"),
        ({"account": 10**250}, "bad-account"),
        ({"account": "banso:feed/web"}, "bad-account"),
        ({"account": " acme"}, "bad-account"),
        ({"account": "acme "}, "bad-account"),
        ({"account": "acme\u3000"}, "bad-account"),
        ({"account": "\ufeffacme"}, "bad-account"),
        ({"account": "acme\u200b"}, "bad-account"),
        ({"account": "   "}, "bad-account"),
        ({"user": "mika "}, "bad-user"),
        ({"user": "\u00a0mika"}, "bad-user"),
        ({"source": "app "}, "bad-source"),
        ({"user": "u" * (limits.USER_LENGTH_MAX + 1)}, "bad-user"),
        ({"user": "mi\x7fka"}, "bad-user"),
        ({"name": None}, "missing-name"),
        ({"name": ""}, "missing-name"),
        ({"name": "n" * (limits.NAME_LENGTH_MAX + 1)}, "bad-name"),
        ({"name": "a\u2028b"}, "bad-name"),
        ({"id": "i" * (limits.ID_LENGTH_MAX + 1)}, "bad-id"),
        ({"id": "a\nb"}, "bad-id"),
        ({"source": "s" * (limits.SOURCE_LENGTH_MAX + 1)}, "bad-source"),
        ({"source": "a\nb"}, "bad-source"),
        ({"value": limits.VALUE_UNITS_MAX + 1}, "bad-value"),
        ({"at": "2026-03-02T09:00:00"}, "bad-time"),
        ({"at": NOW + 5 * MINUTE_MS + 1}, "in-future"),
        ({"at": NOW - KEPT_MS - 1}, "too-old"),
        ({"at": NOW // 1000}, "too-old"),  # seconds are not guessed to be ms
        ({"at": 10**300}, "in-future"),
        ({"properties": {"a": {"b": {"c": {"d": 1}}}}}, "too-deep"),
    ],
)
def test_each_refusal_has_its_code(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        activity(PLAIN | change)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "change",
    [
        {"account": "a" * limits.ACCOUNT_LENGTH_MAX},
        {"account": 42},
        {"account": "株式会社　伴走 👩‍💻"},
        {"account": "England \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"},
        {"user": None},
        {"value": -limits.VALUE_UNITS_MAX},
        {"at": NOW + 5 * MINUTE_MS},
        {"at": NOW - KEPT_MS},
        {"name": "n" * limits.NAME_LENGTH_MAX},
        {"id": "i" * limits.ID_LENGTH_MAX},
        {"source": "s" * limits.SOURCE_LENGTH_MAX},
    ],
)
def test_what_lies_at_a_limit_is_accepted(change: dict[str, Any]) -> None:
    activity(PLAIN | change)


def test_two_spellings_that_look_alike_are_one_account_user_and_source() -> None:
    once = activity(PLAIN | {"account": "Caf\u00e9 ガ", "user": "Zo\u00eb", "source": "caf\u00e9"})
    again = activity(PLAIN | {"account": "Cafe\u0301 カ\u3099", "user": "Zoe\u0308", "source": "cafe\u0301"})
    assert again == once and once.account == "Caf\u00e9 ガ"
    assert (once.user_key, once.identity) == (identity_of(once.account, "Zo\u00eb"), identity_of("caf\u00e9", once.id))


def test_width_and_case_tell_accounts_apart() -> None:
    assert (
        len({activity(PLAIN | {"account": name}).account for name in ("acme", "ACME", "ＡＣＭＥ", "ｱｸﾒ", "アクメ")})
        == 5
    )


def test_a_store_with_decomposed_ids_is_sent_to_as_before_where_the_installation_says_so() -> None:
    as_sent = activity(PLAIN | {"account": "Cafe\u0301"}, rules=replace(RULES, ids_composed=False))
    assert as_sent.account == "Cafe\u0301"


@pytest.mark.parametrize("user", ["mika ", "banso:feed/web", "u" * (limits.ACCOUNT_LENGTH_MAX + 1)])
def test_a_user_who_is_an_account_is_held_to_the_rules_of_accounts(user: str) -> None:
    with pytest.raises(Refused, match=r"bad-(account|user)"):
        activity(without(PLAIN, "account") | {"user": user}, rules=replace(RULES, user_is_account=True))


def test_the_kept_window_is_a_rule_of_the_installation() -> None:
    old = PLAIN | {"at": NOW - 2 * DAY_MS}
    activity(old)
    with pytest.raises(Refused, match="too-old"):
        activity(old, rules=replace(RULES, kept_ms=DAY_MS))


def test_an_event_without_id_gets_one_made_of_its_content_when_it_says_when() -> None:
    event = without(PLAIN, "id")
    later = Arrival(NOW + 1, "usage-events/3", 18)
    assert activity(event).identity == activity(event, arrival=later).identity
    changes: list[dict[str, Any]] = [
        {"account": "b"},
        {"user": "b"},
        {"name": "b"},
        {"at": NOW},
        {"value": 1},
        {"properties": {}},
    ]
    for change in changes:
        assert activity(event | change).id != activity(event).id


def test_an_event_without_id_and_instant_gets_its_origin_as_id_and_happened_now() -> None:
    made = activity(without(PLAIN, "id", "at"))
    assert (made.id, made.occurred_at) == (ARRIVAL.origin, NOW)


def test_the_account_may_be_the_user_where_the_installation_says_so() -> None:
    event = without(PLAIN, "account")
    assert activity(event, rules=replace(RULES, user_is_account=True)).account == "mika"
    with pytest.raises(Refused, match="missing-account"):
        activity(event)
    with pytest.raises(Refused, match="missing-account"):
        activity(without(event, "user"), rules=replace(RULES, user_is_account=True))


@given(skew=st.integers(-10 * DAY_MS, 10 * DAY_MS), age=st.integers(0, DAY_MS))
def test_a_wrong_clock_of_the_sender_does_not_move_the_event(skew: int, age: int) -> None:
    wrong = TRACK | {"timestamp": NOW - age + skew, "sentAt": NOW + skew}
    assert activity(wrong, arrival=Arrival(NOW, "http", 0, sender_heard_at=NOW)).occurred_at == NOW - age


texts = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)


@given(
    account=texts,
    user=st.none() | texts,
    name=texts,
    at=st.integers(NOW - KEPT_MS, NOW),
    micro=st.none() | st.integers(-(10**15), 10**15),
    properties=st.dictionaries(texts, st.none() | st.booleans() | texts | st.integers(-(2**60), 2**60), max_size=4),
)
def test_what_is_canonical_stays_as_it_is_when_it_is_said_again(  # noqa: PLR0917 -- one strategy a field
    account: str, user: str | None, name: str, at: int, micro: int | None, properties: dict[str, Any]
) -> None:
    value = None if micro is None else micro / MICRO
    event = {"account": account, "user": user, "name": name, "at": at, "value": value, "properties": properties}
    once = activity(event)
    again = activity(
        {
            "id": once.id,
            "source": once.source,
            "account": once.account,
            "user": once.user,
            "name": once.name,
            "at": once.occurred_at,
            "value": None if once.value is None else once.value / MICRO,
            "properties": json.loads(json.dumps(once.properties)),
        }
    )
    assert again == once
    assert once.value == micro
