"""Objectives over HTTP: what is said goes to the log, the owner folds it, and the account shows it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from httpx import AsyncClient, Response
from pydantic import TypeAdapter

from banso_common.clock import DAY_MS, ManualClock
from banso_common.contracts.account_activity import activity_decoder
from banso_common.contracts.topics import Topic, partition_of
from banso_common.errors import Full, Unavailable
from banso_common.http.keys import Scope
from banso_common.log.port import Log, Outgoing
from banso_scoring.api.detail_shapes import AccountDetail
from banso_scoring.api.plan.objectives import make_objectives_router
from banso_scoring.api.routes import make_router
from banso_scoring.statements import Speaker
from tests.scoring.api.given import Door, Tenant, days_of_use, door, statement

PARTITIONS = 8
INVOICES = {"name": "請求書の処理時間", "unit": "分", "baseline": 40, "target": 15, "due_on": "2026-06-10"}


class PaperLog:
    """A log that keeps what it was given, or is away."""

    def __init__(self) -> None:
        self.written: list[tuple[int, bytes | None, bytes]] = []
        self.fault: Exception | None = None

    async def writer(self) -> PaperLog:
        return self

    async def partitions(self, topic: Topic) -> int:
        assert topic is Topic.ACCOUNT_ACTIVITY
        return PARTITIONS

    async def write(self, outgoing: Sequence[Outgoing]) -> None:
        if self.fault is not None:
            raise self.fault
        for one in outgoing:
            self.written += zip(one.partitions, one.keys, one.values, strict=True)

    async def close(self) -> None: ...


class Office:
    """A customer-success manager at the API, with the owner behind the log."""

    def __init__(self, scoring: Tenant, client: AsyncClient, log: PaperLog) -> None:
        self.scoring, self.client, self.log = scoring, client, log

    async def put(self, account: str = "acme", key: str = "invoice-time", **changes: Any) -> Response:
        return await self.client.put(f"/v1/accounts/{account}/objectives/{key}", json=INVOICES | changes)

    async def progress(self, value: float, key: str = "invoice-time", **said: Any) -> Response:
        return await self.client.post(f"/v1/accounts/acme/objectives/{key}/progress", json={"value": value, **said})

    async def fold(self) -> None:
        """Let the owner take all that the log has, also what it has taken before."""
        await self.scoring.take([activity_decoder.decode(value) for _, _, value in self.log.written])

    async def plan(self) -> dict[str, Any]:
        answer = await self.client.get("/v1/accounts/acme")
        TypeAdapter(AccountDetail).validate_json(answer.content)
        return cast(dict[str, Any], answer.json()["plan"])

    async def filtered(self, state: str) -> list[str]:
        answer = await self.client.get("/v1/accounts", params={"objectives": state})
        return [one["account"] for one in answer.json()["accounts"]]


@pytest.fixture
async def office(scoring: Tenant, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Office]:
    log = PaperLog()
    made = _door(scoring, clock, log, tmp_path)
    await scoring.take(days_of_use("acme", clock.now(), 60))
    key = made.keys.create("csm", [Scope.ACCOUNTS_READ, Scope.ACCOUNTS_WRITE])
    async with made.client(key) as client:
        yield Office(scoring, client, log)


def _door(scoring: Tenant, clock: ManualClock, log: PaperLog, folder: Path) -> Door:
    speaker = Speaker(cast(Log, log), clock)
    return door([make_objectives_router(scoring.member, speaker), make_router(scoring.member)], folder)


async def test_an_objective_is_put_on_the_log_in_its_accounts_partition_and_then_answered(office: Office) -> None:
    answer = await office.put()
    assert answer.status_code == 202
    ((partition, key, value),) = office.log.written
    activity = activity_decoder.decode(value)
    assert (partition, key) == (partition_of("acme", PARTITIONS), b"acme")
    assert answer.json() == {"account": "acme", "objective": "invoice-time", "identity": str(activity.identity)}
    assert activity.properties["objectives.invoice-time.target"] == 15
    assert (await office.plan())["state"] == "none", "the API itself writes nothing"


async def test_who_has_no_objective_has_the_stated_ceiling_and_a_task_to_agree_one(office: Office) -> None:
    plan = await office.plan()
    assert (plan["state"], plan["ceiling"], plan["objectives"]) == ("none", 85.0, [])
    assert plan["tasks"] == [{"kind": "agree-objective", "objective": None}]
    assert await office.filtered("none") == ["acme"]


async def test_busy_but_failing_is_shown_as_such(office: Office, clock: ManualClock) -> None:
    await office.put(agreed_on="2025-12-01")
    await office.progress(38, at="2026-02-20T00:00:00Z")
    await office.fold()
    plan = await office.plan()
    (shown,) = plan["objectives"]
    assert (shown["value"], shown["attainment"], shown["on_track"]) == (38, 0.08, False)
    assert shown["elapsed"] == pytest.approx(91 / 191, abs=1e-4)
    assert plan["state"] == "behind"
    assert plan["ceiling"] == pytest.approx(100 - 50 * (91 / 191 - 0.1 - 0.08) / 0.4, abs=0.06)
    summary = (await office.client.get("/v1/accounts/acme")).json()["summary"]
    assert plan["score_before"] > summary["score"] == round(plan["ceiling"])
    assert plan["is_capping"]
    assert summary["band"] == "watch"
    assert await office.filtered("behind") == ["acme"]
    assert await office.filtered("on-track") == []
    listed = (await office.client.get("/v1/accounts")).json()["accounts"][0]
    assert listed["score"] == summary["score"]


async def test_statements_give_the_same_plan_in_any_order_and_however_often(office: Office) -> None:
    await office.put(agreed_on="2026-01-01")
    await office.progress(38, at="2026-02-01T00:00:00Z")
    await office.progress(30, at="2026-02-20T00:00:00Z", id="p-2")
    office.scoring.clock.move_to(office.scoring.clock.now() + 1)
    await office.put(agreed_on="2026-01-01", target=20)
    await office.fold()
    first = await office.plan()
    stored = office.scoring.member.portfolio.plans[0]
    for value in [value for _, _, value in reversed(office.log.written)]:
        await office.scoring.take([activity_decoder.decode(value)])
    assert await office.plan() == first
    assert first["objectives"][0]["target"] == 20
    assert [point["value"] for point in first["objectives"][0]["progress"]] == [38, 30]
    await office.scoring.handler.assigned(range(2))
    assert office.scoring.member.portfolio.plans[0] == stored


async def test_progress_of_long_ago_makes_no_account_older(office: Office) -> None:
    before = (await office.client.get("/v1/accounts/acme")).json()
    await office.put(agreed_on="2024-01-01")
    await office.progress(39, at="2024-02-01T00:00:00Z")
    await office.fold()
    after = (await office.client.get("/v1/accounts/acme")).json()
    assert after["plan"]["objectives"][0]["value"] == 39
    assert (after["facts"], after["metrics"]) == (before["facts"], before["metrics"])


async def test_an_account_of_which_only_an_objective_was_said_begins_when_that_was_heard(office: Office) -> None:
    now = office.scoring.clock.now()
    said = statement("new", now - 300 * DAY_MS, **{"objectives.a.value": 3})
    await office.scoring.take([msgspec.structs.replace(said, received_at=now)])
    assert (await office.client.get("/v1/accounts/new")).json()["facts"]["first_event_on"] == "2026-03-02"


async def test_progress_with_an_id_of_its_own_counts_once(office: Office) -> None:
    await office.put()
    first, again = await office.progress(30, id="p-1"), await office.progress(30, id="p-1")
    assert first.json() == again.json()
    await office.fold()
    assert len((await office.plan())["objectives"][0]["progress"]) == 1


async def test_a_metric_of_the_model_can_be_the_progress(office: Office) -> None:
    await office.put(baseline=0, target=28, metric="active_days", agreed_on="2025-12-01")
    await office.fold()
    plan = await office.plan()
    assert plan["objectives"][0]["value"] == 27
    assert plan["state"] == "on-track"


async def test_time_alone_turns_a_plan_from_on_track_to_behind(office: Office, clock: ManualClock) -> None:
    await office.put(agreed_on="2026-03-01")
    await office.progress(39)
    await office.fold()
    assert await office.filtered("on-track") == ["acme"]
    clock.move_to(clock.now() + 60 * DAY_MS)
    assert (await office.plan())["state"] == "behind"


async def test_a_withdrawn_objective_counts_no_more(office: Office) -> None:
    await office.put()
    await office.fold()
    assert (await office.plan())["state"] == "unmeasured"
    assert (await office.plan())["tasks"] == [{"kind": "say-progress", "objective": "invoice-time"}]
    office.scoring.clock.move_to(office.scoring.clock.now() + 1)
    assert (await office.client.delete("/v1/accounts/acme/objectives/invoice-time")).status_code == 202
    await office.fold()
    assert (await office.plan())["state"] == "none"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"target": 40}, "target-is-baseline"),
        ({"due_on": "2026-03-02"}, "due-before-agreed"),
        ({"agreed_on": "2026-07-01"}, "due-before-agreed"),
        ({"metric": "no_such"}, "unknown-metric"),
        ({"target": "much"}, "invalid"),
        ({"weight": 0}, "invalid"),
        ({"colour": "red"}, "invalid"),
        ({"name": "a\nb"}, "invalid"),
        ({"key": "Not A Key"}, "bad-key"),
    ],
)
async def test_an_objective_without_sense_is_refused_with_its_reason(
    office: Office, changes: dict[str, Any], code: str
) -> None:
    answer = await office.put(**changes)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert office.log.written == []


async def test_progress_of_the_future_is_refused(office: Office) -> None:
    answer = await office.progress(30, at="2027-01-01T00:00:00Z")
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-time")


async def test_what_is_not_there_is_not_found(office: Office) -> None:
    assert (await office.put(account="nobody")).status_code == 404
    assert (await office.client.delete("/v1/accounts/acme/objectives/none")).status_code == 404
    assert office.log.written == []


@pytest.mark.parametrize(("fault", "wait"), [(Unavailable("away"), "2"), (Full("full", 7), "7")])
async def test_while_the_log_is_away_nothing_is_promised(office: Office, fault: Exception, wait: str) -> None:
    office.log.fault = fault
    answer = await office.put()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, wait)


def test_what_openapi_and_the_page_about_the_api_say_of_objectives(
    scoring: Tenant, clock: ManualClock, tmp_path: Path
) -> None:
    said = _door(scoring, clock, PaperLog(), tmp_path).app.openapi()
    paths = {path: set(operations) for path, operations in said["paths"].items() if "/objectives/" in path}
    one = "/v1/accounts/{account}/objectives/{key}"
    assert paths == {one: {"put", "delete"}, f"{one}/progress": {"post"}}
    text = Path("docs/api.md").read_text(encoding="utf-8")
    for path, verbs in paths.items():
        for verb in verbs:
            assert f"`{verb.upper()} {path}`" in text
            operation = said["paths"][path][verb]
            assert operation["summary"] and operation["description"] and operation["security"] == [{"key": []}]
            assert {"202", "401", "403", "404", "422", "503"} <= set(operation["responses"])


async def test_who_may_only_read_may_say_nothing(scoring: Tenant, clock: ManualClock, tmp_path: Path) -> None:
    made = _door(scoring, clock, PaperLog(), tmp_path)
    async with made.client() as reader:
        answer = await reader.put("/v1/accounts/acme/objectives/a", json=INVOICES)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")
    async with made.client("banso_wrong") as nobody:
        assert (await nobody.put("/v1/accounts/acme/objectives/a", json=INVOICES)).status_code == 401
