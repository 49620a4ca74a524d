"""The topic's door: what is received is forwarded or set aside, and nothing else."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from banso_common.clock import ManualClock
from banso_common.contracts.account_activity import activity_decoder
from banso_common.contracts.topics import Topic
from banso_common.log.columns import RECORD_BYTES_MAX
from banso_common.log.port import Log
from banso_common.pipeline.worker import Halt
from banso_ingest.domain.breaker import BreakerLimits
from banso_ingest.handler import IngestHandler, Work
from banso_ingest.outlet import Outlet
from tests.ingest.given import CLOUDEVENT, NOW, PLAIN, RULES, TRACK, without
from tests.ingest.logs import activities, batch_of, dead_letters

GOOD = json.dumps(PLAIN).encode()
BAD = b'{"account": "acme"'
LIMITS = BreakerLimits(records_min=10, cool_down_ms=1_000)


@pytest.fixture
async def outlet(log: Log) -> AsyncIterator[Outlet]:
    made = Outlet(log)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def handler(outlet: Outlet, ingest_clock: ManualClock) -> IngestHandler:
    made = IngestHandler(outlet, ingest_clock, RULES, LIMITS)
    assert await made.assigned(range(4)) == {}
    return made


def counted(door: str, result: str) -> float:
    return REGISTRY.get_sample_value("banso_ingest_events_total", {"door": door, "result": result}) or 0.0


async def test_every_form_is_forwarded_to_the_partition_of_its_account(log: Log, handler: IngestHandler) -> None:
    events = [CLOUDEVENT, TRACK, PLAIN, PLAIN | {"account": "other", "id": "p-2"}]
    work = handler.prepare([batch_of([json.dumps(event).encode() for event in events], first=7)])
    assert await handler.commit(work) == {0: 11}
    assert {(each.account, each.id) for each in await activities(log)} == {
        ("acme", "e-1"),
        ("acme", "m-1"),
        ("acme", "p-1"),
        ("other", "p-2"),
    }
    assert await dead_letters(log) == []


async def test_what_cannot_be_read_is_set_aside_as_it_came_with_the_reason(log: Log, handler: IngestHandler) -> None:
    headers = (("trace", b"\xff\x00"), ("banso-code", b"forged"))
    await handler.commit(handler.prepare([batch_of([GOOD, BAD], partition=3, first=40, headers=headers)]))
    (letter,) = await dead_letters(log)
    assert (letter.key, letter.value, letter.headers) == (b"k", BAD, (("trace", b"\xff\x00"),))
    assert (letter.code, letter.origin, letter.received_at) == ("not-json", "usage-events/3/41", NOW)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([GOOD, BAD, b"", b"[]", b'{"account": "a", "name": "b"}']) | st.binary(max_size=40)))
def test_received_is_forwarded_plus_dead_lettered_whatever_comes(outlet: Outlet, values: list[bytes]) -> None:
    handler = IngestHandler(outlet, ManualClock(NOW), RULES, BreakerLimits(share_max=1.0))
    work = handler.prepare([batch_of(values)])
    written = {outgoing.topic: len(outgoing.values) for outgoing in work.outgoing}
    assert work.received == len(values) == sum(written.values())
    assert written.get(Topic.ACCOUNT_ACTIVITY, 0) == work.forwarded
    assert written.get(Topic.DEAD_LETTERS, 0) == work.refused.total()


async def test_conservation_is_a_metric_that_counts_only_what_is_written(log: Log, handler: IngestHandler) -> None:
    results = ("received", "forwarded", "dead_lettered")
    before = [counted("topic", result) for result in results]
    work = handler.prepare([batch_of([GOOD, BAD, GOOD]), batch_of([GOOD], partition=1)])
    assert [counted("topic", result) for result in results] == before
    await handler.commit(work)
    received, forwarded, dead = (counted("topic", r) - b for r, b in zip(results, before, strict=True))
    assert (received, forwarded, dead) == (4, len(await activities(log)), len(await dead_letters(log)))
    assert received == forwarded + dead


async def test_a_record_without_id_and_instant_is_known_by_its_place_when_it_is_read_again(
    log: Log, handler: IngestHandler
) -> None:
    event = json.dumps(without(PLAIN, "id", "at")).encode()
    for first in (5, 5, 6):
        await handler.commit(handler.prepare([batch_of([event], first=first)]))
    identities = [each.identity for each in await activities(log)]
    assert len(identities) == 3
    assert len(set(identities)) == 2


async def test_a_replayed_record_keeps_the_place_where_it_first_stood(handler: IngestHandler) -> None:
    event = json.dumps(without(PLAIN, "id", "at")).encode()
    origin = (("banso-origin", b"usage-events/2/99"),)
    first, again = (
        handler.prepare([batch_of([event], partition=2, first=99)]),
        handler.prepare([batch_of([event], partition=0, first=3, headers=origin)]),
    )
    assert _identity(first) == _identity(again)
    (letters,) = handler.prepare([batch_of([BAD], headers=origin)]).outgoing
    assert letters.headers is not None
    assert ("banso-origin", b"usage-events/2/99") in letters.headers[0]


@pytest.mark.parametrize(
    ("forged", "code"),
    [(b"x", None), (b"a/" + b"9" * 5_000, None), (b"/1", None), (b"a\n/1", "bad-id"), (b"a" * 300 + b"/1", "bad-id")],
)
def test_a_forged_origin_is_judged_like_any_text(handler: IngestHandler, forged: bytes, code: str | None) -> None:
    event = json.dumps(without(PLAIN, "id", "at")).encode()
    work = handler.prepare([batch_of([event], headers=(("banso-origin", forged),))])
    assert dict(work.refused) == ({} if code is None else {code: 1})


async def test_a_flood_of_refusals_stops_its_partition_and_lets_the_others_work(
    log: Log, handler: IngestHandler
) -> None:
    flood, fine = batch_of([BAD] * 20, partition=1), batch_of([GOOD] * 20, partition=2)
    with pytest.raises(Halt) as halt:
        handler.prepare([fine, flood])
    assert (halt.value.partition, halt.value.retry_after_ms) == (1, 1_000)
    assert await handler.commit(handler.prepare([fine])) == {2: 20}
    assert await dead_letters(log) == []


async def test_after_the_cool_down_one_batch_is_let_through(log: Log, handler: IngestHandler) -> None:
    flood = batch_of([BAD] * 20, partition=1)
    with pytest.raises(Halt):
        handler.prepare([flood])
    await handler.commit(handler.prepare([flood]))
    assert len(await dead_letters(log)) == 20
    with pytest.raises(Halt) as halt:
        handler.prepare([batch_of([BAD] * 20, partition=1, first=20)])
    assert halt.value.retry_after_ms == 2_000


async def test_a_partition_that_comes_back_begins_with_a_closed_breaker(handler: IngestHandler) -> None:
    flood = batch_of([BAD] * 20, partition=1)
    with pytest.raises(Halt):
        handler.prepare([flood])
    await handler.revoked([1])
    await handler.assigned([1])
    with pytest.raises(Halt) as halt:
        handler.prepare([flood])
    assert halt.value.retry_after_ms == 1_000


def test_a_record_too_large_to_be_set_aside_stops_its_partition_rather_than_be_lost(handler: IngestHandler) -> None:
    with pytest.raises(Halt) as halt:
        handler.prepare([batch_of([GOOD, b"x" * RECORD_BYTES_MAX], partition=2)])
    assert (halt.value.partition, halt.value.retry_after_ms) == (2, None)


def _identity(work: Work) -> int:
    (outgoing,) = work.outgoing
    return activity_decoder.decode(outgoing.values[0]).identity
