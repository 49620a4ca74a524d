"""What stood on a topic yesterday is read today: golden examples of every topic and version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from banso_common.contracts import objective
from banso_common.contracts.account_activity import (
    AccountActivity,
    AccountAttributes,
    ActivityKind,
    activity_decoder,
)
from banso_common.contracts.account_signal import signal_decoder, signal_key
from banso_common.contracts.codec import encode, identity_of
from banso_common.contracts.dead_letter import DeadLetter
from banso_common.contracts.outreach_outcome import outcome_decoder
from banso_common.contracts.topics import Topic, partition_of
from banso_ingest.domain.canonical import Arrival, canonical
from banso_ingest.domain.limits import Rules
from banso_ingest.domain.refusal import RefusalCode
from banso_ingest.formats.detect import read_record

GOLDEN = Path(__file__).parent / "golden"
VERSION = "v1"
LEAST = {
    Topic.USAGE_EVENTS: 10,
    Topic.DEAD_LETTERS: 2,
    Topic.ACCOUNT_ACTIVITY: 4,
    Topic.ACCOUNT_SIGNALS: 2,
    Topic.OUTREACH_OUTCOMES: 2,
}


def examples(topic: Topic) -> list[Any]:
    found = sorted((GOLDEN / topic / VERSION).glob("*.json"))
    return [pytest.param(json.loads(path.read_text(encoding="utf-8")), id=path.stem) for path in found]


def is_within(expected: Any, actual: Any) -> bool:
    """Whether all that `expected` says is said by `actual`, which may say more."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return all(key in actual and is_within(inner, actual[key]) for key, inner in expected.items())
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(is_within, expected, actual))
    return type(expected) is type(actual) and bool(expected == actual)


def said_again(decoded: Any) -> Any:
    return json.loads(encode(decoded))


@pytest.mark.parametrize("topic", list(Topic))
def test_every_topic_has_its_examples_and_no_other_is_kept(topic: Topic) -> None:
    assert len(examples(topic)) >= LEAST[topic]
    assert {path.name for path in GOLDEN.iterdir() if path.is_dir() and path.name != "__pycache__"} == set(Topic)


def test_a_reader_that_lost_a_word_is_noticed() -> None:
    example = {"a": 1, "b": {"c": [1, {"d": 2}]}}
    assert is_within(example, example | {"new": None})
    assert not is_within(example, {"a": 1, "b": {"c": [1, {}]}})
    assert not is_within(example, {"a": 1.0, "b": {"c": [1, {"d": 2}]}})


@pytest.mark.parametrize("example", examples(Topic.ACCOUNT_ACTIVITY))
def test_account_activity_is_read_without_losing_a_word(example: dict[str, Any]) -> None:
    read = activity_decoder.decode(json.dumps(example).encode())
    assert is_within(example, said_again(read))
    assert read.identity == identity_of(read.source, read.id)
    assert read.user_key == (0 if read.user is None else identity_of(read.account, read.user))
    if read.kind is ActivityKind.ACCOUNT:
        attributes = said_again(msgspec.convert(read.properties, AccountAttributes))
        known = {name: said for name, said in read.properties.items() if name in AccountAttributes.__struct_fields__}
        assert is_within(known, attributes)
        for name, said in read.properties.items():
            place = objective.split(name)
            assert place is None or objective.read(place[1], said) == said


def test_objectives_are_said_as_they_ever_were() -> None:
    example = json.loads((GOLDEN / Topic.ACCOUNT_ACTIVITY / VERSION / "objectives.json").read_text(encoding="utf-8"))
    places = [objective.split(name) for name in example["properties"]]
    assert sorted(place[1] for place in places if place is not None) == sorted(objective.FIELDS)


@pytest.mark.parametrize("example", examples(Topic.ACCOUNT_SIGNALS))
def test_account_signals_are_read_without_losing_a_word(example: dict[str, Any]) -> None:
    read = signal_decoder.decode(json.dumps(example).encode())
    assert is_within(example, said_again(read))
    assert read.key == signal_key(read.account, read.kind, read.episode, read.state)


@pytest.mark.parametrize("example", examples(Topic.OUTREACH_OUTCOMES))
def test_outreach_outcomes_are_read_without_losing_a_word(example: dict[str, Any]) -> None:
    assert is_within(example, said_again(outcome_decoder.decode(json.dumps(example).encode())))


@pytest.mark.parametrize("example", examples(Topic.DEAD_LETTERS))
def test_dead_letters_are_read_and_written_as_ever(example: dict[str, Any]) -> None:
    headers = tuple((name, raw.encode()) for name, raw in example["headers"])
    key = None if example["key"] is None else example["key"].encode()
    read = DeadLetter.read(key, example["value"].encode(), headers)
    letter = example["letter"]
    assert (read.code, read.reason, read.origin, read.received_at) == (
        letter["code"],
        letter["reason"],
        letter["origin"],
        letter["received_at"],
    )
    assert [name for name, _ in read.headers] == letter["headers"]
    assert read.all_headers() == headers
    assert read.code in set(RefusalCode)


@pytest.mark.parametrize("example", examples(Topic.USAGE_EVENTS))
def test_usage_events_of_each_form_become_the_same_activity_as_ever(example: dict[str, Any]) -> None:
    headers = tuple((name, raw.encode()) for name, raw in example["headers"])
    draft, heard_at = read_record(json.dumps(example["value"], ensure_ascii=False).encode(), headers)
    arrival = Arrival(example["received_at"], "usage-events/3", 17, heard_at)
    activity = canonical(draft, arrival, Rules(frozenset({"Asia/Tokyo", "UTC"})))
    assert said_again(activity) == example["activity"]
    assert activity == activity_decoder.decode(json.dumps(example["activity"]).encode())
    assert isinstance(activity, AccountActivity)


@pytest.mark.parametrize(
    ("account", "partitions", "partition"),
    [
        ("123456789", 2**32, 0xCBF43926),  # the check value of CRC-32 (IEEE 802.3)
        ("acme", 8, 6),
        ("acme", 5, 4),
        ("伴走", 8, 6),
        ("", 8, 0),
    ],
)
def test_an_account_stays_in_its_partition(account: str, partitions: int, partition: int) -> None:
    assert partition_of(account, partitions) == partition
