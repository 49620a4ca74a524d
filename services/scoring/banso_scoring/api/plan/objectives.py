"""Agreeing on objectives, saying how far they are, and withdrawing them: statements that the owner folds.

Each is answered once the log has it; an account's page shows it as soon as its owner has folded it, mostly within
a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy import select

from banso_common.clock import DAY_MS, MINUTE_MS
from banso_common.contracts import objective as contract
from banso_common.contracts.account_activity import Scalar
from banso_common.contracts.codec import encode
from banso_common.contracts.objective import NUMBER_MAX, TEXT_CHARS_MAX, WEIGHT_MAX, ObjectiveStatus, property_of
from banso_common.db.transaction import reading
from banso_common.http.auth import require
from banso_common.http.keys import Scope
from banso_common.http.problem import Problem, not_found
from banso_scoring import plan_store
from banso_scoring import tables as t
from banso_scoring.api.answers import BY_KEY, problems
from banso_scoring.api.query import INT64_MAX, instant_of
from banso_scoring.api.shapes import DESCRIBED
from banso_scoring.api.spelt import stored_as
from banso_scoring.domain.plan.plan import OBJECTIVES_MAX, Plan
from banso_scoring.member import Member
from banso_scoring.statements import Speaker

FUTURE_MS_MAX = 5 * MINUTE_MS
KEPT_DAYS = 3_650
"""Progress of longer ago is taken for a slip of the pen."""


def _clean(text: str) -> str:
    if not text.isprintable():
        raise ValueError("may hold printable characters only")
    return text


Text = Annotated[str, Field(min_length=1, max_length=TEXT_CHARS_MAX), AfterValidator(_clean)]
Number = Annotated[float, Field(ge=-NUMBER_MAX, le=NUMBER_MAX, allow_inf_nan=False)]


class ObjectiveSaid(BaseModel):
    """An objective as it is agreed; what was agreed of it before is replaced, its progress stays."""

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={
            "example": {
                "name": "請求書の処理時間",
                "baseline": 40,
                "target": 15,
                "due_on": "2027-03-31",
                "unit": "分",
                "weight": 2,
            }
        },
    )

    name: Text
    baseline: Number
    """Where the customer begins."""
    target: Number
    """Where they want to be; it may be below the baseline."""
    due_on: date
    agreed_on: date | None = None
    """When it was agreed; the day of the first statement if nothing is said. Time elapsed is counted from it."""
    weight: Annotated[float, Field(gt=0, le=WEIGHT_MAX)] = 1.0
    unit: Text | None = None
    metric: Text | None = None
    """A metric of the success model that is the progress; without one, progress is what is said."""


class ProgressSaid(BaseModel):
    """How far an objective is."""

    model_config = ConfigDict(
        extra="forbid", use_attribute_docstrings=True, json_schema_extra={"example": {"value": 31}}
    )

    value: Number
    at: Annotated[int | None, BeforeValidator(instant_of), Field(ge=-INT64_MAX, le=INT64_MAX)] = None
    """When it was so: RFC 3339, or milliseconds since 1970; now if nothing is said."""
    id: Annotated[Text | None, Field()] = None
    """Your own id of this statement: the same one sent again changes nothing."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The log has the statement."""

    __pydantic_config__ = DESCRIBED

    account: str
    objective: str
    identity: str
    """Who the statement is; decides between two of the same instant."""


Account = Annotated[str, Path(description="The account's id; a slash in it is `%2F`.", examples=["acme"])]
Key = Annotated[str, Path(description="The objective's key: a-z, 0-9, - and _.", examples=["invoice-time"])]


def make_objectives_router(member: Member, speaker: Speaker) -> APIRouter:
    """The routes that speak of objectives."""
    router = APIRouter(
        prefix="/v1/accounts/{account:path}/objectives/{key}",
        dependencies=[BY_KEY, Depends(require(Scope.ACCOUNTS_WRITE))],
        tags=["objectives"],
        responses=problems(400, 401, 403, 404, 422, 503),
    )

    @router.put("", summary="Agree on an objective", status_code=202, response_model=Taken)
    async def agree(account: Account, key: Key, said: ObjectiveSaid) -> Response:
        """Agree on an objective, or on another wording of it. It counts from the day on which it is agreed."""
        account, plan = await _plan_of(member, account, key)
        if key not in plan and len(plan) >= OBJECTIVES_MAX:
            raise Problem(
                422, "too-many-objectives", f"an account may have {OBJECTIVES_MAX} objectives, withdrawn ones too"
            )
        _require_sense(member, said)
        fields: dict[str, Scalar] = said.model_dump(mode="json") | {"status": ObjectiveStatus.AGREED.value}
        return _taken(account, key, await speaker.say(account, _properties(key, fields)))

    @router.post("/progress", summary="Say how far an objective is", status_code=202, response_model=Taken)
    async def progress(account: Account, key: Key, said: ProgressSaid) -> Response:
        """A point of progress. All points are kept; the newest one by its instant counts. A point of an objective
        that is not agreed yet waits for it."""
        account, _ = await _plan_of(member, account, key)
        now = member.clock.now()
        at = now if said.at is None else said.at
        if not now - KEPT_DAYS * DAY_MS <= at <= now + FUTURE_MS_MAX:
            raise Problem(422, "bad-time", "`at` is in the future, or too long ago; is it in milliseconds?")
        properties = _properties(key, {contract.PROGRESS: said.value})
        return _taken(account, key, await speaker.say(account, properties, at, said.id))

    @router.delete("", summary="Withdraw an objective", status_code=202, response_model=Taken)
    async def withdraw(account: Account, key: Key) -> Response:
        """It counts no more; what was said of it is kept, and agreeing on it again brings it back."""
        account, plan = await _plan_of(member, account, key)
        if key not in plan:
            raise not_found("objective")
        properties = _properties(key, {"status": ObjectiveStatus.WITHDRAWN.value})
        return _taken(account, key, await speaker.say(account, properties))

    return router


async def _plan_of(member: Member, account: str, key: str) -> tuple[str, Plan]:
    """An account as it is stored, and its plan. Raises Problem 404 for no account, 422 for a key that cannot be."""
    if not contract.KEY.fullmatch(key):
        raise Problem(422, "bad-key", f"an objective's key is {contract.KEY.pattern}, such as invoice-time")
    async with reading(member.engine) as tx:
        account = await stored_as(tx, account)
        known = await tx.execute(select(t.account.c.account).where(t.account.c.account == account))
        if known.first() is None:
            raise not_found("account")
        return account, (await plan_store.of_accounts(tx, [account])).get(account, {})


def _require_sense(member: Member, said: ObjectiveSaid) -> None:
    if said.target == said.baseline:
        raise Problem(422, "target-is-baseline", "`target` has to differ from `baseline`: what is to change?")
    agreed_on = said.agreed_on or date.fromordinal(date(1970, 1, 1).toordinal() + member.today())
    if said.due_on <= agreed_on:
        raise Problem(422, "due-before-agreed", f"`due_on` has to be after {agreed_on.isoformat()}, when it is agreed")
    if said.metric is not None and said.metric not in member.model.metric_index:
        names = ", ".join(sorted(member.model.metric_index))
        raise Problem(422, "unknown-metric", f"the model has no metric `{said.metric}`; it has {names}")


def _properties(key: str, fields: dict[str, Scalar]) -> dict[str, Scalar]:
    return {property_of(key, field): value for field, value in fields.items()}


def _taken(account: str, key: str, identity: int) -> Response:
    return Response(encode(Taken(account, key, str(identity))), 202, media_type="application/json")
