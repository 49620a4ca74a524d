"""What OpenAPI says of scoring is what it answers: every route, its shapes, its problems, its key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from banso_scoring.api import examples
from banso_scoring.api.detail_shapes import AccountDetail
from banso_scoring.api.explain import as_of_shapes, explain_shapes
from banso_scoring.api.explain.as_of_shapes import AsOf
from banso_scoring.api.explain.explain_shapes import Explanation
from banso_scoring.api.matrix import examples_matrix
from banso_scoring.api.matrix.matrix_shapes import MatrixShown
from banso_scoring.api.model.model_view import ModelView
from banso_scoring.api.shapes import AccountList, AccountSummary
from banso_scoring.api.trouble import iceberg_shapes, incident_shapes
from banso_scoring.api.trouble.iceberg_shapes import IcebergShown
from banso_scoring.api.trouble.incident_shapes import IncidentDetail
from tests.scoring.api.given import Door, Tenant, days_of_use

ROUTES = {"/v1/accounts", "/v1/accounts/{account}", "/v1/accounts/{account}/explain", "/v1/model", "/v1/conservation"}
ROUTES |= {"/v1/journey", "/v1/journey/export", "/v1/journey/{phase}/calibration"}
ROUTES |= {"/v1/segments", "/v1/matrix", "/v1/accounts/{account}/as-of"}
ROUTES |= {"/v1/incidents", "/v1/incidents/{incident}", "/v1/iceberg"}
ROUTES |= {"/v1/model/switch", "/v1/feeds"}
POSTED = {"/v1/model/diff", "/v1/feeds/{source}/retire"}
"""Routes that are only posted to."""
FILES = {"/v1/journey/export"}
"""Routes that give a file, not JSON."""
DOCUMENT = Path(__file__).parents[3] / "docs" / "api.md"


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """OpenAPI is made of routes: the store has no part in what is claimed here."""
    return f"sqlite+aiosqlite:///{tmp_path / 'banso.sqlite'}"


@pytest.fixture
def said(api: Door) -> dict[str, Any]:
    return api.app.openapi()


def test_every_route_is_described_with_its_answer_its_problems_and_its_key(said: dict[str, Any]) -> None:
    assert set(said["paths"]) == ROUTES | POSTED
    for path, operations in said["paths"].items():
        operation = operations["post" if path in POSTED else "get"]
        assert operation["summary"] and operation["description"], path
        assert operation["security"] == [{"key": []}]
        answers = operation["responses"]
        if path in FILES:
            assert set(answers["200"]["content"]) == {"text/csv", "text/markdown"}
            continue
        assert "$ref" in answers["200"]["content"]["application/json"]["schema"]
        assert ({"200", "401", "403"} if path in POSTED else {"200", "304", "401", "403"}) <= set(answers)
        for status, answer in answers.items():
            if status >= "400":
                assert list(answer["content"]) == ["application/problem+json"], (path, status)
                assert "code" in answer["content"]["application/problem+json"]["schema"]["properties"]


def test_every_reference_leads_somewhere(said: dict[str, Any]) -> None:
    for part in json.dumps(said).split('"$ref": "#/components/schemas/')[1:]:
        assert part.partition('"')[0] in said["components"]["schemas"]


def test_the_examples_are_answers_that_could_have_been_given(said: dict[str, Any]) -> None:
    shown = {name: schema["example"] for name, schema in said["components"]["schemas"].items() if "example" in schema}
    assert set(shown) >= {"AccountList", "AccountSummary", "AccountDetail"}
    for shape, example in (
        (AccountList, examples.LIST),
        (AccountSummary, examples.SUMMARY),
        (AccountDetail, examples.DETAIL),
        (Explanation, explain_shapes.EXAMPLE),
        (AsOf, as_of_shapes.EXAMPLE),
        (MatrixShown, examples_matrix.MATRIX),
        (IncidentDetail, incident_shapes.DETAIL),
        (IcebergShown, iceberg_shapes.ICEBERG),
    ):
        TypeAdapter(shape).validate_json(json.dumps(example), strict=True)
        assert set(example) == set(said["components"]["schemas"][shape.__name__]["properties"])


async def test_the_model_is_shown_as_it_runs(api: Door, scoring: Tenant) -> None:
    async with api.client() as client:
        answer = await client.get("/v1/model")
    TypeAdapter(ModelView).validate_json(answer.content)
    shown = answer.json()
    assert shown["version"] == scoring.member.model.version
    assert [phase["label"]["ja"] for phase in shown["journey"]] == [
        "導入",
        "ランニング",
        "運用",
        "活用",
        "更新",
        "推奨",
    ]
    assert next(phase for phase in shown["journey"] if phase["key"] == "adoption")["lapse_to"] == "operation"
    assert {"currency": "JPY", "at_least": 6_000_000, "touch": "high"} in shown["touch"]


async def test_the_list_answers_in_the_shape_that_it_documents(api: Door, scoring: Tenant) -> None:
    await scoring.take(days_of_use("acme", scoring.clock.now(), 10))
    async with api.client() as client:
        raw = (await client.get("/v1/accounts")).content
    assert TypeAdapter(AccountList).validate_json(raw, strict=True).accounts[0].account == "acme"


def test_the_page_about_the_api_names_every_route_and_filter(said: dict[str, Any]) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    named = [*ROUTES, *POSTED, *(one["name"] for one in said["paths"]["/v1/accounts"]["get"]["parameters"])]
    assert [name for name in named if name not in text] == []
