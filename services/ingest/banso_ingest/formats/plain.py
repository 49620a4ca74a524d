"""The plain form, which a person types by hand: `{"account": "acme", "name": "report.created"}`.

Besides `account` and `name` it may hold user, at, value, id, source and properties. With `attributes`
instead of `name` it says what the account is. A field that says who, when or which in another form is refused: passed
over, a past event would count as of now, a repeat twice, and its user not at all.
"""

from __future__ import annotations

from banso_common.contracts.account_activity import ActivityKind
from banso_ingest.domain.draft import Draft
from banso_ingest.domain.refusal import RefusalCode, refusal
from banso_ingest.formats.incoming import Incoming

SOURCE = "plain"
_USAGE = ActivityKind.USAGE
_OWN = {"timestamp": "at", "time": "at", "userId": "user", "messageId": "id"}
"""Fields of the other forms, and how this one says the same."""


def draft_of(event: Incoming) -> Draft:
    """The draft of a plain event. Raises Refused."""
    if not (event.timestamp is event.time is event.userId is event.messageId is None):
        foreign = next(field for field in _OWN if getattr(event, field) is not None)
        reason = f"`{foreign}` belongs to another form; the plain one says `{_OWN[foreign]}`"
        raise refusal(
            RefusalCode.FOREIGN_FIELD, f"{reason} (a Segment call has a `type`, a CloudEvent a `specversion`)"
        )
    source = event.source or SOURCE
    if event.attributes is None:
        return Draft(
            _USAGE,
            event.id,
            source,
            event.account,
            event.user,
            event.name,
            event.at,
            event.value,
            event.properties,
        )
    if event.name is not None or event.value is not None or event.properties is not None:
        raise refusal(
            RefusalCode.BAD_ATTRIBUTE,
            "an event that says `attributes` cannot also say `name`, `value` or `properties`: send two",
        )
    return Draft(
        ActivityKind.ACCOUNT,
        event.id,
        source,
        event.account,
        event.user,
        ActivityKind.ACCOUNT.value,
        event.at,
        None,
        event.attributes,
    )
