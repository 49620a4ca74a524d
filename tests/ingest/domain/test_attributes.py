"""What a company says of its account is understood by one exact table."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from banso_common.contracts.account_activity import AccountAttributes
from banso_common.errors import Refused
from banso_ingest.domain.attributes import SPELLINGS, attributes_of
from tests.ingest.given import GROUP, RULES


def read(traits: dict[str, Any]) -> dict[str, Any]:
    return attributes_of(traits, RULES.zones)


def test_the_traits_of_a_group_call_become_the_account_attributes() -> None:
    attributes = read(GROUP["traits"])
    assert msgspec.convert(attributes, AccountAttributes) == AccountAttributes(
        name="Acme 株式会社",
        acv=1_200_000_000_000,
        currency="JPY",
        seats=40,
        owner_name="佐藤",
        owner_email="sato@vendor.example",
        owner_slack="U123",
        owner_locale="ja-JP",
        contact_name="山田　太郎",
        contact_email="yamada@acme.example",
        time_zone="Asia/Tokyo",
        locale="ja-JP",
        commitment="high",
        category="new",
        renewal_at=1_806_451_200_000,
    )
    assert attributes["industry"] == "retail"


def test_the_table_knows_every_attribute_and_begins_with_its_own_name() -> None:
    assert set(SPELLINGS) == set(AccountAttributes.__struct_fields__)
    assert all(spellings[0] == attribute for attribute, spellings in SPELLINGS.items())


def test_the_documented_table_is_the_table_of_the_code() -> None:
    page = Path("docs/contracts.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (`.*?`) \|", page, re.M)
    documented = {name: tuple(re.findall(r"`([^`]+)`", cell)) for name, cell in rows if name in SPELLINGS}
    assert documented == SPELLINGS


def test_the_first_spelling_wins_and_the_others_are_taken_with_it() -> None:
    assert read({"seatCount": 5, "seats": 7}) == {"seats": 7}


def test_objectives_are_said_flat_or_as_objects_in_the_form_of_their_contract() -> None:
    as_objects = {"objectives": {"invoice-time": {"baseline": 40, "target": 15.5, "due_on": "2027-03-31"}}}
    assert read(as_objects) == {
        "objectives.invoice-time.baseline": 40.0,
        "objectives.invoice-time.target": 15.5,
        "objectives.invoice-time.due_on": "2027-03-31",
    }
    assert read({"objectives.a.value": 3, "objectives.a.unit": None}) == {
        "objectives.a.value": 3.0,
        "objectives.a.unit": None,
    }


def test_a_list_of_a_companys_own_that_is_called_objectives_is_kept_as_it_is() -> None:
    assert read({"objectives": ["grow"]}) == {"objectives.0": "grow"}


@pytest.mark.parametrize(
    ("name", "written", "says"),
    [
        ("objectives.a.target", "much", "a number within"),
        ("objectives.a.target", True, "a number within"),
        ("objectives.a.due_on", "31.03.2027", "a date such as 2027-03-31"),
        ("objectives.a.weight", 0, "over 0"),
        ("objectives.a.status", "done", "`agreed` or `withdrawn`"),
        ("objectives.a.taget", 3, "one of the fields name, unit, baseline, target"),
        ("objectives.A B.target", 3, "a key of a-z, 0-9, - and _"),
    ],
)
def test_an_objective_that_does_not_fit_is_refused_with_what_it_has_to_be(name: str, written: Any, says: str) -> None:
    with pytest.raises(Refused, match=re.escape(says)) as refused:
        read({name: written})
    assert refused.value.code == "bad-attribute"


def test_a_null_takes_the_attribute_away() -> None:
    assert read({"owner_name": None}) == {"owner_name": None}


@pytest.mark.parametrize(
    ("attribute", "good", "read_as", "bad"),
    [
        ("acv", 0.1, 100_000, [-1, "12", True, 2e12]),
        ("currency", "usd", "USD", ["dollars", "US", 5, "ＵＳＤ"]),
        ("seats", 40.0, 40, [-1, 1.5, "40", True, 10**9]),
        ("owner_email", "a@b.example", "a@b.example", ["a", "a@b@c", "a@b\nBcc: x@y", "A <a@b.example>", 1]),
        ("time_zone", "Asia/Tokyo", "Asia/Tokyo", ["Tokyo", "../etc/passwd", "", 9]),
        ("locale", "zh_Hant_TW", "zh-Hant-TW", ["japanese", "ja-", "", 1]),
        ("commitment", "high", "high", ["", 1, "x" * 201, "a\nb"]),
        ("renewal_at", "2027-03-31T09:00:00+09:00", 1_806_451_200_000, ["soon", 5, True, "9999-01-01", 1.5]),
        ("renewal_at", 1_806_451_200_000, 1_806_451_200_000, ["2027-03-31T09:00:00"]),
    ],
)
def test_an_attribute_has_one_form_and_all_else_is_refused(
    attribute: str, good: Any, read_as: Any, bad: list[Any]
) -> None:
    assert read({attribute: good}) == {attribute: read_as}
    for wrong in bad:
        with pytest.raises(Refused, match=f"bad-attribute: `{attribute}`"):
            read({attribute: wrong})
