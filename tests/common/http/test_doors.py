"""What every door shares: who may pass, how faults are told, the probes, and what is measured."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import AsyncClient
from structlog.testing import capture_logs

from banso_common.clock import DAY_MS, ManualClock, SystemClock
from banso_common.http.auth import COOKIE
from banso_common.http.keys import KeyRing, Scope
from banso_common.http.problem import FAULTS_TOLD_MAX
from banso_common.telemetry import metrics
from tests.common.http.given import Small, app_of, client_of


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[tuple[AsyncClient, KeyRing, Small]]:
    app, keys, service = app_of(tmp_path)
    async with client_of(app) as client:
        yield client, keys, service


House = tuple[AsyncClient, KeyRing, Small]


def basic(user: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:".encode()).decode()


async def test_a_key_with_the_scope_passes_as_bearer_or_as_basic_user(house: House) -> None:
    client, keys, _ = house
    secret = keys.create("crm", [Scope.ACCOUNTS_READ])
    for scheme in (f"Bearer {secret}", f"bearer {secret}", basic(secret)):
        assert (await client.get("/read", headers={"Authorization": scheme})).status_code == 200
        assert (await client.post("/read", headers={"Authorization": scheme})).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        b"Bearer banso_wrong",
        b"Bearer",
        b"Bearer \xfc",
        b"Basic \xe9\xe9",
        b"Basic not-base64!",
        b"Basic " + base64.b64encode(b"\xff\xfe:x"),
        b"Digest x",
        b"",
        b"\xff",
    ],
)
async def test_without_a_known_key_the_answer_is_401_whatever_was_sent(house: House, header: bytes) -> None:
    answer = await house[0].get("/read", headers={b"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "not-authenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_key_without_the_scope_is_told_which_it_lacks(house: House) -> None:
    client, keys, _ = house
    secret = keys.create("writer", [Scope.EVENTS_WRITE])
    answer = await client.get("/read", headers={"Authorization": f"Bearer {secret}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")
    assert "accounts:read" in answer.json()["detail"]


async def test_a_cookie_reads_and_never_writes(house: House) -> None:
    client, keys, _ = house
    client.cookies.set(COOKIE, keys.create("console", [Scope.ADMIN]))
    assert (await client.get("/read")).status_code == 200
    assert (await client.post("/read")).status_code == 401


async def test_a_revoked_key_is_refused_at_once(house: House) -> None:
    client, keys, _ = house
    header = {"Authorization": f"Bearer {keys.create('crm', [Scope.ACCOUNTS_READ])}"}
    assert (await client.get("/read", headers=header)).status_code == 200
    keys.revoke("crm")
    assert (await client.get("/read", headers=header)).status_code == 401


@pytest.mark.parametrize(
    ("path", "status", "code", "retry_after"),
    [
        ("/fail/refused", 400, "bad-thing", None),
        ("/fail/too-large", 413, "too-large", None),
        ("/fail/full", 503, "full", "7"),
        ("/fail/unavailable", 503, "unavailable", "2"),
        ("/fail/bug", 500, "internal", None),
        ("/number?n=0", 422, "invalid", None),
        ("/number?n=x", 422, "invalid", None),
        ("/nowhere", 404, "not-found", None),
    ],
)
async def test_a_fault_is_a_problem_with_a_code(
    house: House, path: str, status: int, code: str, retry_after: str | None
) -> None:
    answer = await house[0].get(path)
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers.get("retry-after") == retry_after
    assert problem["title"] and problem["detail"]
    assert "secret" not in answer.text


async def test_what_keeps_a_service_from_serving_is_logged_and_not_for_every_caller(house: House) -> None:
    with capture_logs() as logged:
        for path in ("/fail/full", "/fail/full", "/fail/unavailable", "/fail/refused", "/nowhere"):
            await house[0].get(path)
    assert [(line["log_level"], line["path"], line["reason"]) for line in logged] == [
        ("warning", "/fail/full", "the queue is full"),
        ("warning", "/fail/unavailable", "the store is away"),
    ]


async def test_every_fault_of_a_request_is_told_up_to_a_limit(house: House) -> None:
    answer = await house[0].get("/several?a=x&b=0&" + "&".join("c=x" for _ in range(20)))
    told = answer.json()["detail"].split("; ")
    assert [one.partition(":")[0] for one in told[:3]] == ["query.a", "query.b", "query.c.0"]
    assert len(told) == FAULTS_TOLD_MAX + 1 and told[-1] == "and 12 more"


async def test_a_key_that_has_expired_is_told_so_and_a_wrong_one_is_not(house: House) -> None:
    client, keys, _ = house
    at = SystemClock().now()
    secret = keys.create("visit", [Scope.ACCOUNTS_READ], expires_at=at + DAY_MS)
    header = {"Authorization": f"Bearer {secret}"}
    assert (await client.get("/read", headers=header)).status_code == 200
    keys._clock = ManualClock(at + DAY_MS)
    answer = await client.get("/read", headers=header)
    assert (answer.status_code, answer.json()["code"]) == (401, "key-expired")
    assert "`visit` expired at 20" in answer.json()["detail"] and "www-authenticate" in answer.headers
    assert (await client.get("/read", headers={"Authorization": "Bearer x"})).json()["code"] == "not-authenticated"


async def test_a_wrong_method_is_a_problem_too(house: House) -> None:
    answer = await house[0].delete("/read")
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/openapi.json", "/number?n=5", "/nowhere"])
async def test_head_is_answered_as_get_is_and_without_a_body(house: House, path: str) -> None:
    head, get = await house[0].head(path), await house[0].get(path)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert get.content and head.headers["content-type"] == get.headers["content-type"]
    assert "content-length" in head.headers


async def test_a_parameter_that_a_route_does_not_have_is_refused_with_those_that_it_has(house: House) -> None:
    client = house[0]
    assert (await client.get("/strict?band=x&since=y&limit=3")).json() == {"limit": 3}
    answer = await client.get("/strict?limt=3")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["detail"] == (
        'query.limt: there is no such parameter here, did you mean "limit"?; it has band, limit, since'
    )
    assert (await client.post("/strict?utm_source=x")).status_code == 200


async def test_no_page_of_ours_runs_what_other_sites_serve(house: House) -> None:
    for path in ("/docs", "/redoc", "/docs/oauth2-redirect"):
        assert (await house[0].get(path)).status_code == 404
    assert (await house[0].get("/openapi.json")).status_code == 200


async def test_alive_is_always_and_ready_is_when_every_check_is_fine(house: House) -> None:
    client, _, service = house
    assert (await client.get("/healthz")).text == "ok"
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "checks": {"small.log": "ok", "disk": "ok"}})
    service.checks["small.log"] = "the broker is away"
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()["checks"]) == (503, {"small.log": "the broker is away", "disk": "ok"})
    assert (await client.get("/healthz")).status_code == 200


async def test_every_answer_says_how_a_browser_is_to_treat_it(house: House) -> None:
    for path in ("/healthz", "/nowhere", "/fail/bug"):
        answer = await house[0].get(path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"


def counted(method: str, route: str, status: int) -> float:
    labels = {"method": method, "route": route, "status": str(status)}
    return metrics.REGISTRY.get_sample_value("banso_http_requests_total", labels) or 0.0


async def test_requests_are_counted_by_route_also_when_they_fail(house: House) -> None:
    client, _, _ = house
    before = counted("GET", "/fail/{how}", 500), counted("GET", "/number", 200)
    await client.get("/fail/bug")
    await client.get("/number?n=5")
    assert (counted("GET", "/fail/{how}", 500), counted("GET", "/number", 200)) == (before[0] + 1, before[1] + 1)


async def test_what_strangers_send_makes_no_new_series(house: House) -> None:
    client, _, _ = house
    await client.request("FIRST", "/x")

    def series() -> int:
        return sum(len(metric.samples) for metric in metrics.REGISTRY.collect())

    before = series()
    for n in range(20):
        await client.request(f"METHOD{n}", f"/somewhere/{n}")
    assert series() == before
    assert (await client.get("/metrics")).text.count("METHOD") == 0
