"""The matrix over HTTP: placed and moved with its reason, counted by cell, and compared with another model."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from pydantic import TypeAdapter

from banso_common.clock import DAY_MS, ManualClock
from banso_common.document import SIZE_BYTES_MAX
from banso_common.http.keys import Scope
from banso_scoring.api.matrix.matrix_shapes import MatrixShown
from banso_scoring.api.routes import make_router
from banso_scoring.domain.matrix.model_diff import ModelDiff
from banso_scoring.model.load import default_text, load_model
from tests.scoring.api.given import Door, Tenant, days_of_use, door, tenant, use

OWN_AXES = """
attributes: {plan: text, machines: number}
matrix:
  axes:
    size:
      values:
        large: {when: 'plan == "enterprise" or machines >= 50'}
        small: {}
      default: small
    use:
      values:
        daily: {when: "active_days >= 12"}
        seldom: {}
      default: seldom
      hold_days: 3
  cells:
    run-alongside: {at: {size: large, use: daily}, touch: high, plays: [review]}
    wake-up: {at: {size: large}, touch: high}
    at-scale: {touch: tech, emphasis: {activity: 2}}
"""


def own_text() -> str:
    """The shipped model with a company's own axes in place of the shipped ones."""
    text = default_text()
    begin, end = text.index("\nmatrix:"), text.index("\ncapacity:")
    return text[:begin] + OWN_AXES + text[end:]


@pytest.fixture
async def own(database_url: str, clock: ManualClock) -> AsyncIterator[Tenant]:
    """A member whose model has a company's own axes."""
    async with tenant(database_url, clock, load_model(own_text(), "own.yaml")) as made:
        yield made


@pytest.fixture
async def reader(own: Tenant, tmp_path: Path) -> AsyncIterator[AsyncClient]:
    async with door([make_router(own.member)], tmp_path).client() as made:
        yield made


async def seen(client: AsyncClient, account: str = "acme") -> dict[str, Any]:
    answer = await client.get(f"/v1/accounts/{account}")
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def test_an_own_attribute_places_an_account_and_the_answer_says_why(own: Tenant, reader: AsyncClient) -> None:
    await own.take(days_of_use("acme", own.clock.now(), 20))
    await own.tell("acme", plan="Enterprise", machines=12, colour="red")
    said = await seen(reader)
    assert said["summary"]["cell"] == "run-alongside"
    assert said["own_attributes"] == {"plan": "Enterprise", "machines": 12.0}, "what is not declared is not kept"
    size, use = said["cell_why"]
    assert size["when"] == 'plan == "enterprise" or machines >= 50'
    assert size["values"] == {"plan": "Enterprise", "machines": 12.0}
    assert (use["value"], use["values"]["active_days"]) == ("daily", 20.0)
    assert said["cell_plays"] == ["review"]
    assert said["touch_why"]["reason"] == "cell"
    listed = (await reader.get("/v1/accounts?cell=run-alongside")).json()["accounts"]
    assert [row["account"] for row in listed] == ["acme"]
    assert (listed[0]["cell"], listed[0]["touch"]) == ("run-alongside", "high")
    assert (await reader.get("/v1/accounts?cell=wake-up")).json()["accounts"] == []


async def test_an_account_whose_use_changes_moves_after_its_days_and_the_move_is_kept(
    own: Tenant, reader: AsyncClient
) -> None:
    await own.take(days_of_use("acme", own.clock.now(), 20))
    await own.tell("acme", plan="enterprise")
    before = (await seen(reader))["summary"]
    moved_on = None
    for _ in range(40):
        own.clock.move_to(own.clock.now() + DAY_MS)
        await own.sweep(own.clock.now())
        said = await seen(reader)
        if moved_on is None and said["summary"]["cell"] != before["cell"]:
            moved_on = said["summary"]["cell_since"]
        waiting = said["cell_why"][1]
        if waiting["next"] is not None:
            assert (waiting["next"], waiting["hold_days"]) == ("seldom", 3)
    said = await seen(reader)
    *earlier, move = said["cell_moves"]
    assert [(one["from_cell"], one["to_cell"]) for one in earlier] == [("at-scale", "run-alongside")], (
        "when it was said"
    )
    assert [one["axis"] for one in earlier[0]["why"]] == ["size"]
    assert (move["from_cell"], move["to_cell"], move["on"]) == ("run-alongside", "wake-up", moved_on)
    assert move["why"] == [{"axis": "use", "value": "seldom", "when": "", "values": {"active_days": 9.0}}]
    listed = (await reader.get("/v1/accounts?cell=wake-up")).json()["accounts"]
    assert (listed[0]["cell"], listed[0]["cell_since"]) == ("wake-up", moved_on)


async def test_an_unknown_cell_is_refused_with_those_that_there_are(reader: AsyncClient) -> None:
    answer = await reader.get("/v1/accounts?cell=dream")
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown-cell")
    assert "run-alongside, wake-up, at-scale" in answer.json()["detail"]


async def test_the_matrix_counts_accounts_amounts_health_and_hours_by_cell(own: Tenant, reader: AsyncClient) -> None:
    for name, said in {
        "big": {"machines": 80, "acv": 12_000_000_000_000, "currency": "JPY", "owner_email": "sato@vendor.example"},
        "bigger": {"machines": 90, "owner_email": "sato@vendor.example"},
        "small": {"acv": 600_000_000_000, "currency": "JPY"},
        "gone": {"machines": 99, "acv": 1_000_000, "currency": "USD"},
    }.items():
        await own.take(days_of_use(name, own.clock.now(), 20))
        await own.tell(name, **said)  # type: ignore[arg-type]  # each is a scalar
    own.clock.move_to(own.clock.now() + DAY_MS)
    await own.sweep(own.clock.now())
    await own.take([use("gone", "contract.ended", own.clock.now())])
    answer = await reader.get("/v1/matrix")
    shown = TypeAdapter(MatrixShown).validate_json(answer.content, strict=True)
    cells = {cell.key: cell for cell in shown.cells}
    alongside = cells["run-alongside"]
    assert (alongside.accounts, alongside.churned) == (2, 1)
    assert [(money.currency, money.acv) for money in alongside.acv] == [("JPY", 12_000_000.0)]
    assert [(money.currency, money.acv) for money in alongside.churned_acv] == [("USD", 1.0)]
    assert alongside.hours_month == 2 * 8
    assert alongside.score_mean is not None
    assert sum(alongside.bands.values()) == 2
    assert (cells["at-scale"].accounts, cells["at-scale"].hours_month) == (1, 0.1)
    assert cells["at-scale"].emphasis == {"activity": 2.0}
    assert cells["wake-up"].at == [{"size": "large", "use": "seldom"}]
    capacity = shown.capacity
    assert (capacity.csms, capacity.hours_month, capacity.hours_needed) == (1, 130.0, 16.1)
    assert (capacity.hours_unowned, capacity.over) == (0.1, [])
    assert shown.unplaced == 0
    assert answer.headers["etag"]


@pytest.fixture
def office(api: Door, scoring: Tenant) -> AsyncClient:
    """Who may write, before the shipped model."""
    return api.client(api.keys.create("writer", [Scope.ACCOUNTS_WRITE]))


async def test_another_model_is_compared_before_it_is_applied(office: AsyncClient, scoring: Tenant) -> None:
    await scoring.take(days_of_use("acme", scoring.clock.now(), 20))
    await scoring.tell("acme", commitment="high", owner_email="sato@vendor.example")
    await scoring.take(days_of_use("beta", scoring.clock.now(), 20))
    other = (
        default_text()
        .replace("low: {label: {ja: 低い, en: low}}", "low: {}")
        .replace("""when: 'commitment in ("high", "高", "高い")'""", "when: 'commitment == \"very high\"'")
    )
    async with office as client:
        answer = await client.post("/v1/model/diff", content=other.encode())
        same = (await client.post("/v1/model/diff", content=default_text().encode())).json()
        model = (await client.get("/v1/model")).status_code
    found = TypeAdapter(ModelDiff).validate_json(answer.content, strict=True)
    assert (found.accounts, found.changed) == (2, 1)
    (cell,) = found.cells
    assert (cell.before, cell.after, cell.accounts) == ("integration", "routine", 1)
    (touch,) = found.touches
    assert (touch.before, touch.after) == ("high", "low")
    (owner,) = found.owners
    assert (owner.owner, owner.hours_before, owner.hours_after) == ("sato@vendor.example", 8.0, 1.0)
    assert (found.hours_before, found.hours_after) == (9.0, 2.0)
    assert found.said == {"commitment": 1, "category": 0}
    assert [move.account for move in found.moves] == ["acme"]
    assert (found.before, found.after) != (found.after, found.before)
    assert (same["changed"], same["cells"], same["owners"]) == (0, [], [])
    assert model == 403


async def test_a_wrong_model_is_refused_with_its_lines_and_a_reader_may_not_ask(office: AsyncClient, api: Door) -> None:
    async with office as client:
        wrong = await client.post("/v1/model/diff", content=default_text().replace("category in", "categori in"))
        long = await client.post("/v1/model/diff", content=b"#" * (SIZE_BYTES_MAX + 1))
        odd = await client.post("/v1/model/diff", content=b"\xff")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "model-wrong")
    assert "matrix.axes.category.values.new.when: character 1: `categori`" in wrong.json()["detail"]
    assert (long.status_code, odd.status_code) == (413, 400)
    async with api.client() as client:
        assert (await client.post("/v1/model/diff", content=b"x")).status_code == 403
