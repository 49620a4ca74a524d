"""The console's door: who has no key is led to sign in, every fault is a page, and no page runs a script.

The key lives in an HttpOnly, SameSite=Strict cookie that counts for reading only. A link from elsewhere (a
message in Slack) comes without that cookie; one reload from our own page brings it, before anybody is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import parse_qs, quote

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from banso_common.errors import BansoError
from banso_common.http.auth import COOKIE, principal_of
from banso_common.http.keys import KeyRing, Scope
from banso_common.http.problem import Problem, problem_of
from banso_scoring.console.pages_shown import show

COOKIE_AGE_S = 30 * 24 * 3_600
FORM_BYTES_MAX = 4_096
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Vary": "Cookie, Accept-Language",
    "Cross-Origin-Opener-Policy": "same-origin",
}
Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]


class NotSignedIn(Exception):
    """Nobody that the console knows asks."""


class Page(APIRoute):
    """A route whose every answer is a page."""

    def get_route_handler(self) -> Endpoint:
        inner = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                response = await inner(request)
            except NotSignedIn:
                response = _to_sign_in(request)
            except (Problem, BansoError, HTTPException, RequestValidationError) as fault:
                response = _problem_page(request, problem_of(fault))
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return answer


async def reader(request: Request) -> None:
    """Let through who may read accounts. Raises NotSignedIn, Problem 403."""
    principal = principal_of(request)
    if principal is None:
        raise NotSignedIn
    if not principal.may(Scope.ACCOUNTS_READ):
        raise Problem(403, "scope-missing", f"the key `{principal.name}` lacks the scope {Scope.ACCOUNTS_READ}")


def _to_sign_in(request: Request) -> Response:
    from_elsewhere = request.headers.get("sec-fetch-site") == "cross-site"
    if from_elsewhere and COOKIE not in request.cookies:
        return show(request, "again.html", {"address": _own_address(request)})
    return RedirectResponse(f"/login?next={quote(_own_address(request), safe='')}", 303)


def _own_address(request: Request) -> str:
    path = quote(request.url.path, safe="/")
    return f"{path}?{request.url.query}" if request.url.query else path


def _problem_page(request: Request, problem: Problem) -> Response:
    return show(request, "problem.html", {"problem": problem}, problem.status)


def safe_next(address: str | None) -> str:
    """Where to go after signing in: a path of ours, or the list; never another site."""
    if address is None or not address.startswith("/") or address[1:2] in ("/", "\\"):
        return "/"
    return address if address.isprintable() and "\\" not in address else "/"


def sign_in_router() -> APIRouter:
    """Signing in and out."""
    router = APIRouter(route_class=Page, include_in_schema=False)

    @router.get("/login", response_class=HTMLResponse)
    async def sign_in_page(request: Request) -> Response:
        """The form; or, with a key in the address as the standalone prints it, straight in."""
        key, following = request.query_params.get("key"), safe_next(request.query_params.get("next"))
        if key is not None:
            return _enter(request, key, following)
        return show(request, "login.html", {"following": following, "wrong": False})

    @router.post("/login", response_class=HTMLResponse)
    async def sign_in(request: Request) -> Response:
        form = await _form(request)
        return _enter(request, form.get("key", "").strip(), safe_next(form.get("next")))

    @router.post("/logout")
    async def sign_out() -> Response:
        response = RedirectResponse("/login", 303)
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return response

    return router


def _enter(request: Request, key: str, following: str) -> Response:
    ring: KeyRing = request.app.state.keys
    principal = ring.find(key)
    if principal is None or not principal.may(Scope.ACCOUNTS_READ):
        return show(request, "login.html", {"following": following, "wrong": True}, 401)
    response = RedirectResponse(following, 303)
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, key, max_age=COOKIE_AGE_S, httponly=True, samesite="strict", secure=secure)
    return response


async def _form(request: Request) -> dict[str, str]:
    """A small form, url-encoded. Raises Problem 413 over FORM_BYTES_MAX."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > FORM_BYTES_MAX:
            raise Problem(413, "too-large", "this form is too large")
    return {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
