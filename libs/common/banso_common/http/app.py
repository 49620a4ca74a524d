"""One HTTP application for any set of services: their routers, the probes, metrics, problems and keys."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from banso_common.disk import full_disks
from banso_common.http import problem
from banso_common.http.head import HeadAsGet
from banso_common.http.keys import KeyRing
from banso_common.http.raw_path import RawPath
from banso_common.lifecycle import Service
from banso_common.telemetry import metrics

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Methods that are counted by name; strangers may send any word."""
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}


def make_app(services: Sequence[Service], keys: KeyRing, version: str) -> FastAPI:
    """The application; nothing is open but the probes, the metrics and the API's own description."""
    app = FastAPI(
        title="banso",
        version=version,
        description="Customer health that can be questioned.",
        docs_url=None,  # these pages would run scripts of other sites beside the console's cookie
        redoc_url=None,
    )
    app.state.keys = keys
    problem.install(app)
    for service in services:
        for router in service.routers:
            app.include_router(router)

    @app.get("/healthz", include_in_schema=False)
    async def live() -> PlainTextResponse:
        return PlainTextResponse("ok")

    @app.get("/readyz", include_in_schema=False)
    async def ready() -> JSONResponse:
        checks = {name: reason for service in services for name, reason in service.readiness().items()}
        checks["disk"] = await full_disks()
        failing = {name: reason for name, reason in checks.items() if reason is not None}
        body = {"ready": not failing, "checks": {name: reason or "ok" for name, reason in checks.items()}}
        return JSONResponse(body, 503 if failing else 200)

    @app.get("/metrics", include_in_schema=False)
    async def exposition() -> Response:
        return Response(generate_latest(metrics.REGISTRY), media_type=CONTENT_TYPE_LATEST)

    @app.middleware("http")
    async def measure(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        began = perf_counter()
        try:
            response = await call(request)
        except Exception as fault:
            response = problem.failed(request, fault)
        method = request.method if request.method in METHODS else "other"
        route = getattr(request.scope.get("route"), "path", "unmatched")
        metrics.http_requests.labels(method, route, response.status_code).inc()
        metrics.http_seconds.labels(route).observe(perf_counter() - began)
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    app.add_middleware(HeadAsGet)
    app.add_middleware(RawPath)
    return app
