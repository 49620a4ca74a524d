"""What may be asked of the list: a closed set of filters, orders and limits; anything else is refused."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from banso_common.contracts.account_signal import Band, SignalKind, TouchModel
from banso_scoring.domain.plan.objectives import PlanState
from banso_scoring.domain.struggle.course import Stage

LIMIT_DEFAULT = 50
LIMIT_MAX = 500
TEXT_CHARS_MAX = 320
VALUES_MAX = 50
INT64_MAX = 2**63 - 1
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_UNESCAPED_PLUS = re.compile(r" (\d\d:?\d\d)$")


class Sort(StrEnum):
    """Orders of the list; `-` turns one round. Accounts without the value come last either way."""

    SCORE = "score"
    SCORE_DOWN = "-score"
    CHANGED_AT = "changed_at"
    CHANGED_AT_DOWN = "-changed_at"
    NAME = "name"
    ACV = "acv"
    ACV_DOWN = "-acv"
    RENEWAL_AT = "renewal_at"
    ATTENTION = "attention"


def is_storable(text: str) -> bool:
    """Whether both databases can take the text as an argument: PostgreSQL knows no NUL, UTF-8 no half characters."""
    return "\x00" not in text and text == text.encode("utf-8", "ignore").decode()


def _storable(text: str) -> str:
    if not is_storable(text):
        raise ValueError("may not hold NUL or half characters")
    return text


def instant_of(value: object) -> object:
    """An instant that a person wrote: RFC 3339 with its zone, or ms since 1970."""
    if not isinstance(value, str):
        return value
    if re.fullmatch(r"\d{1,18}", value):
        return int(value)
    try:
        moment = datetime.fromisoformat(_UNESCAPED_PLUS.sub(r"+\1", value))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError("write RFC 3339 with a zone, as 2026-11-21T09:00:00Z, or milliseconds since 1970")
    return (moment - _BEGINNING) // timedelta(milliseconds=1)


Text = Annotated[str, Field(max_length=TEXT_CHARS_MAX), AfterValidator(_storable)]


Currency = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{3}$", to_upper=True)]


class ListQuery(BaseModel):
    """The query of `GET /v1/accounts`. A filter with several values lets through whoever has one of them."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    band: Annotated[list[Band], Field(max_length=VALUES_MAX)] = []
    phase: Annotated[list[Text], Field(max_length=VALUES_MAX)] = []
    """Keys of phases, as the model names them."""
    touch: Annotated[list[TouchModel], Field(max_length=VALUES_MAX)] = []
    cell: Annotated[list[Text], Field(max_length=VALUES_MAX)] = []
    """Cells of the matrix, as the model names them."""
    pattern: Annotated[list[Text], Field(max_length=VALUES_MAX)] = []
    """Success patterns that the account's health comes from, as the model names them."""
    owner: Annotated[list[Text], Field(max_length=VALUES_MAX)] = []
    currency: Annotated[list[Currency], Field(max_length=VALUES_MAX)] = []
    """Of the contract value: ISO 4217."""
    signal: Annotated[list[SignalKind], Field(max_length=VALUES_MAX)] = []
    """Kinds of which an episode is open now."""
    objectives: Annotated[list[PlanState], Field(max_length=VALUES_MAX)] = []
    """How the success plan stands: `none` agreed, `unmeasured`, `behind`, `on-track`; `off` in the model."""
    trouble: Annotated[list[Stage], Field(max_length=VALUES_MAX)] = []
    """Where the course of their trouble stands: `unspoken` are those who never wrote of it."""
    ended: bool | None = None
    """Only accounts whose contract is over (true), or only the others (false)."""
    q: Text | None = None
    """The beginning of a name or of an id; upper and lower case are the same."""
    updated_since: Annotated[int | None, BeforeValidator(instant_of), Field(ge=-INT64_MAX, le=INT64_MAX)] = None
    """Only what changed at or after this instant: RFC 3339, or milliseconds since 1970."""
    sort: Sort = Sort.SCORE
    limit: Annotated[int, Field(ge=1, le=LIMIT_MAX)] = LIMIT_DEFAULT
    cursor: str | None = None
    """`next` of the page before."""

    def binding(self) -> dict[str, object]:
        """What a cursor is bound to: everything but the place and the size of the page."""
        said = self.model_dump(exclude={"cursor", "limit"})
        return {name: sorted(value) if isinstance(value, list) else value for name, value in said.items()}
