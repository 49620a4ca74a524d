"""The console's routes: the list of today, and an account's page."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from banso_common.http.problem import not_found
from banso_common.web.door import sign_in_router
from banso_common.web.language import Language, language_of
from banso_scoring.api.detail import account_detail
from banso_scoring.api.explain.explain import explanation
from banso_scoring.api.spelt import stored_as
from banso_scoring.console.change import change_of, dots, recently
from banso_scoring.console.feeds_page import add_feeds_page, stale_feeds
from banso_scoring.console.journey_page import add_journey_pages
from banso_scoring.console.matrix_page import add_matrix_page
from banso_scoring.console.pages_shown import FRAME, Page, reader, show
from banso_scoring.console.place import Place
from banso_scoring.console.segments_page import add_segments_page
from banso_scoring.console.trouble_pages import add_trouble_pages
from banso_scoring.console.views import TREND_DAYS, account_page, list_page
from banso_scoring.console.words_change import CHANGE_WORDS
from banso_scoring.console.words_course import COURSE_WORDS
from banso_scoring.console.words_plan import PLAN_WORDS
from banso_scoring.member import Member


def _words(language: Language) -> dict[str, object]:
    """What is said of plans and of the course of trouble."""
    return {"words": PLAN_WORDS[language], "course_words": COURSE_WORDS[language]}


def make_routers(member: Member) -> Sequence[APIRouter]:
    """The console over the store of `member`."""
    router = APIRouter(route_class=Page, include_in_schema=False, dependencies=[Depends(reader)])

    @router.get("/", response_class=HTMLResponse)
    async def today(request: Request) -> Response:
        """Who needs somebody first."""
        place, language = Place.of(request.query_params), language_of(request)
        async with member.view() as (tx, seen):
            view, stale = await list_page(tx, seen, place, language), await stale_feeds(tx, seen)
        return show(request, "list.html", {"view": view, "place": place, "stale": stale, **_words(language)})

    @router.get("/accounts/{account:path}/explain", response_class=HTMLResponse)
    async def one_change(request: Request, account: str) -> Response:
        """Why one account's score changed."""
        language, asked = language_of(request), request.query_params
        async with member.view() as (tx, seen):
            told = await explanation(tx, seen, await stored_as(tx, account), (asked.get("from"), asked.get("to")))
        if told is None:
            raise not_found("account")
        shown = {"change": change_of(told, language), "words": CHANGE_WORDS[language]}
        return show(request, "explain.html", shown)

    @router.get("/accounts/{account:path}", response_class=HTMLResponse)
    async def one_account(request: Request, account: str) -> Response:
        """Everything about one account."""
        async with member.view() as (tx, seen):
            detail = await account_detail(tx, seen, await stored_as(tx, account), TREND_DAYS)
            told = None if detail is None else await recently(tx, seen, detail)
        if detail is None or told is None:
            raise not_found("account")
        language = language_of(request)
        view = account_page(seen, detail, language)
        steps = dots(account, detail.history, view.line.trend, view.from_day, detail.day)
        shown = {
            "view": view,
            "change": change_of(told, language),
            "dots": steps,
            "change_words": CHANGE_WORDS[language],
            **_words(language),
        }
        return show(request, "account.html", shown)

    add_feeds_page(router, member)
    add_matrix_page(router, member)
    add_segments_page(router, member)
    add_trouble_pages(router, member)
    add_journey_pages(router, member)
    return [router, sign_in_router(FRAME), FRAME.style_router()]
