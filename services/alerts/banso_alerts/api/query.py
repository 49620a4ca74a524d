"""What may be asked and said over HTTP: closed sets, bounded texts, instants with their zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from banso_alerts.domain.outreach import ChannelName, OutreachState, Reason
from banso_common.contracts.account_signal import SignalKind

LIMIT_DEFAULT = 50
LIMIT_MAX = 500
TEXT_CHARS_MAX = 320
COMMENT_CHARS_MAX = 1_000
VALUES_MAX = 50
EXAMPLE_UNTIL = "2026-11-24T00:00:00Z"
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def _storable(text: str) -> str:
    """PostgreSQL knows no NUL, UTF-8 no half characters."""
    if "\x00" in text or text != text.encode("utf-8", "ignore").decode():
        raise ValueError("may not hold NUL or half characters")
    return text


def instant(moment: datetime) -> int:
    """An instant as the store has it."""
    return (moment - _BEGINNING) // timedelta(milliseconds=1)


Text = Annotated[str, Field(min_length=1, max_length=TEXT_CHARS_MAX), AfterValidator(_storable)]
Comment = Annotated[str, Field(max_length=COMMENT_CHARS_MAX), AfterValidator(_storable)]
STRICT = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class ListQuery(BaseModel):
    """The query of `GET /v1/outreach`. A filter with several values lets through whoever has one of them."""

    model_config = STRICT

    account: Annotated[list[Text], Field(max_length=VALUES_MAX)] = []
    owner: Annotated[list[Text], Field(max_length=VALUES_MAX)] = []
    """Mail addresses of customer-success managers."""
    state: Annotated[list[OutreachState], Field(max_length=VALUES_MAX)] = []
    reason: Annotated[list[Reason], Field(max_length=VALUES_MAX)] = []
    """Why it was held back, not sent, or not yet."""
    kind: Annotated[list[SignalKind], Field(max_length=VALUES_MAX)] = []
    channel: Annotated[list[ChannelName], Field(max_length=VALUES_MAX)] = []
    play: Annotated[list[Text], Field(max_length=VALUES_MAX)] = []
    open: bool | None = None
    """True: only what nobody has acknowledged and no snooze hides now; false: only the others."""
    limit: Annotated[int, Field(ge=1, le=LIMIT_MAX)] = LIMIT_DEFAULT
    cursor: str | None = None
    """`next` of the page before."""

    def binding(self) -> dict[str, object]:
        """What a cursor is bound to: everything but the place and the size of the page."""
        said = self.model_dump(exclude={"cursor", "limit"})
        return {name: sorted(value) if isinstance(value, list) else value for name, value in said.items()}


class Snooze(BaseModel):
    """Until when an account's signals of this kind are to be left."""

    model_config = ConfigDict(**STRICT, json_schema_extra={"example": {"until": EXAMPLE_UNTIL}})

    until: AwareDatetime
    """RFC 3339 with its zone; in the future, at most a year."""
