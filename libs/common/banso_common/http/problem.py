"""Faults as problem+json (RFC 9457): a stable `code` for machines, a `detail` that says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from time import monotonic

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from banso_common.errors import Full, Refused, TooLarge, Unavailable
from banso_common.telemetry.logs import logger

MEDIA_TYPE = "application/problem+json"
TELL_EVERY_S = 60
"""Callers who try again would fill the log."""
FAULTS_TOLD_MAX = 10
"""Of a request with many faults; whoever mends these is told the others."""


class ProblemDetails(BaseModel):
    """The body of every answer of 400 and above."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str


class Problem(Exception):
    """An answer that a door gives on purpose."""

    def __init__(self, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.headers = status, code, detail, dict(headers or {})


def not_found(what: str) -> Problem:
    """There is no such thing (or it is not for this caller)."""
    return Problem(404, "not-found", f"there is no {what} of that name")


_TITLES = {
    400: "Bad request", 401: "Not authenticated", 403: "Not allowed", 404: "Not found", 405: "Wrong method",
    409: "Conflict", 413: "Too large", 415: "Unsupported media type", 422: "Invalid", 429: "Too many requests",
    500: "Internal error", 503: "Not available now",
}  # fmt: skip


def answer(problem: Problem) -> JSONResponse:
    """The response that says `problem`."""
    body = ProblemDetails(
        title=_TITLES.get(problem.status, "Error"),
        status=problem.status,
        code=problem.code,
        detail=problem.detail,
    )
    return JSONResponse(body.model_dump(), problem.status, problem.headers, MEDIA_TYPE)


def problem_of(fault: Exception) -> Problem:  # noqa: PLR0911 -- one line for each kind of fault is the clearest
    """How the error tree is told over HTTP."""
    match fault:
        case Problem():
            return fault
        case TooLarge():
            return Problem(413, fault.code, fault.reason)
        case Refused():
            return Problem(400, fault.code, fault.reason)
        case Full():
            return Problem(503, "full", str(fault), {"Retry-After": str(fault.retry_after_s)})
        case Unavailable():
            return Problem(503, "unavailable", str(fault), {"Retry-After": "2"})
        case RequestValidationError():
            told = [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in fault.errors()]
            more = [f"and {len(told) - FAULTS_TOLD_MAX} more"] if len(told) > FAULTS_TOLD_MAX else []
            return Problem(422, "invalid", "; ".join(told[:FAULTS_TOLD_MAX] + more))
        case HTTPException():
            code = _TITLES.get(fault.status_code, "error").lower().replace(" ", "-")
            return Problem(fault.status_code, code, str(fault.detail), fault.headers)
        case _:
            return Problem(500, "internal", "banso failed; its log says how")


def failed(request: Request, fault: Exception) -> JSONResponse:
    """The answer to a request that met a fault nobody foresaw; the log says which."""
    logger("http").error("request failed", path=request.url.path, exc_info=fault)
    return answer(problem_of(fault))


def install(app: FastAPI) -> None:
    """Make every fault of `app` that has a name a problem+json answer; what keeps it from serving is logged, too."""
    told: dict[str, float] = {}

    async def respond(request: Request, fault: Exception) -> JSONResponse:
        reason = str(fault)
        if isinstance(fault, Full | Unavailable) and monotonic() - told.get(type(fault).__name__, -inf) >= TELL_EVERY_S:
            told[type(fault).__name__] = monotonic()
            logger("http").warning("not available", path=request.url.path, reason=reason)
        return answer(problem_of(fault))

    for kind in (Problem, Refused, Unavailable, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, respond)
