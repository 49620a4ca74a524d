"""The console's door: who has no key is led to sign in, every fault is a page, and no page runs a script.

The key lives in an HttpOnly, SameSite=Strict cookie that counts for reading, and for forms that show that they are
ours (see `forms`). A link from elsewhere (a message in Slack) comes without that cookie; one reload from our own page
brings it, before anybody is asked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from banso_common.errors import BansoError
from banso_common.http.auth import COOKIE, principal_of
from banso_common.http.keys import KeyRing, Principal, Scope
from banso_common.http.problem import Problem, problem_of
from banso_common.http.raw_path import address_of
from banso_common.web.forms import fields_of, is_ours
from banso_common.web.frame import Frame
from banso_common.web.language import language_of
from banso_common.web.words import FRAME_WORDS, FrameWords

COOKIE_AGE_S = 30 * 24 * 3_600
OPENS = (Scope.ACCOUNTS_READ, Scope.OUTREACH_READ)
"""Any of these opens the console; a page asks for its own."""
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


def page_of(frame: Frame) -> type[APIRoute]:
    """A kind of route whose every answer is a page in this frame."""

    class Page(APIRoute):
        """See `page_of`."""

        def get_route_handler(self) -> Endpoint:
            inner = super().get_route_handler()

            async def answer(request: Request) -> Response:
                try:
                    response = await inner(request)
                except NotSignedIn:
                    response = _to_sign_in(frame, request)
                except (Problem, BansoError, HTTPException, RequestValidationError) as fault:
                    problem = problem_of(fault)
                    response = frame.show(request, "problem.html", {"problem": problem}, problem.status)
                for name, value in HEADERS.items():
                    response.headers.setdefault(name, value)
                return response

            return answer

    return Page


def reader_of(scope: Scope) -> Callable[[Request], Awaitable[Principal]]:
    """A dependency that lets through who may read with `scope`, and leaves who it is at the request.
    Raises NotSignedIn, Problem 403."""

    async def reader(request: Request) -> Principal:
        principal = principal_of(request)
        if principal is None:
            raise NotSignedIn
        if not principal.may(scope):
            raise Problem(403, "scope-missing", f"the key `{principal.name}` lacks the scope {scope}")
        request.state.principal = principal
        return principal

    return reader


def _to_sign_in(frame: Frame, request: Request) -> Response:
    from_elsewhere = request.headers.get("sec-fetch-site") == "cross-site"
    if request.method == "GET" and from_elsewhere and COOKIE not in request.cookies:
        return frame.show(request, "again.html", {"address": _own_address(request)})
    return RedirectResponse(f"/login?next={quote(_own_address(request), safe='')}", 303)


def _own_address(request: Request) -> str:
    path = address_of(request)
    return f"{path}?{request.url.query}" if request.url.query else path


def safe_next(address: str | None) -> str:
    """Where to go after signing in: a path of ours, or the list; never another site."""
    if address is None or not address.startswith("/") or address[1:2] in ("/", "\\"):
        return "/"
    return address if address.isprintable() and "\\" not in address else "/"


def sign_in_router(frame: Frame) -> APIRouter:
    """Signing in and out. Each service with pages brings it; behind one host either answers alike."""
    router = APIRouter(route_class=page_of(frame), include_in_schema=False)

    @router.get("/login", response_class=HTMLResponse)
    async def sign_in_page(request: Request) -> Response:
        """The form; or, with a ticket in the address as the standalone prints it, straight in. A key in the address is
        not looked at: addresses are kept by browsers and logs, and anybody may make one."""
        ticket, following = request.query_params.get("ticket"), safe_next(request.query_params.get("next"))
        if ticket is None:
            return _form(frame, request, following)
        key = _ring(request).tickets.redeem(ticket)
        if key is not None:
            return _enter(frame, request, key, following)
        if principal_of(request) is not None:  # the link again, in the browser that it has let in
            return RedirectResponse(following, 303)
        return _form(frame, request, following, _words(request).spent_link)

    @router.post("/login", response_class=HTMLResponse)
    async def sign_in(request: Request) -> Response:
        _require_ours(request)
        form = await fields_of(request)
        return _enter(frame, request, form.get("key", "").strip(), safe_next(form.get("next")))

    @router.post("/logout")
    async def sign_out(request: Request) -> Response:
        _require_ours(request)
        response = RedirectResponse("/login", 303)
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return response

    return router


def _ring(request: Request) -> KeyRing:
    ring: KeyRing = request.app.state.keys
    return ring


def _words(request: Request) -> FrameWords:
    return FRAME_WORDS[language_of(request)]


def _require_ours(request: Request) -> None:
    """Nobody is signed in or out by a page of another site. Raises Problem 403."""
    if not is_ours(request):
        raise Problem(403, "stale-form", "send the form from a page of this console")


def _form(frame: Frame, request: Request, following: str, wrong: str = "") -> Response:
    """The form to sign in, with what was `wrong` before, if anything."""
    return frame.show(request, "login.html", {"following": following, "wrong": wrong}, 401 if wrong else 200)


def _enter(frame: Frame, request: Request, key: str, following: str) -> Response:
    principal = _ring(request).admit(key)
    if principal is None or not any(principal.may(scope) for scope in OPENS):
        words = _words(request)
        has_expired = _ring(request).expired(key) is not None
        return _form(frame, request, following, words.expired_key if has_expired else words.wrong_key)
    response = RedirectResponse(following, 303)
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, key, max_age=COOKIE_AGE_S, httponly=True, samesite="strict", secure=secure)
    return response
