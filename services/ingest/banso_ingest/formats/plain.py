"""The plain form, which a person types by hand: `{"account": "acme", "name": "report.created"}`.

Besides `account` and `name` it may hold user, at, value, id, source and properties. With `attributes`
instead of `name` it says what the account is.
"""

from __future__ import annotations

from banso_common.contracts.account_activity import ActivityKind
from banso_ingest.domain.draft import Draft
from banso_ingest.domain.refusal import RefusalCode, refusal
from banso_ingest.formats.incoming import Incoming

SOURCE = "plain"
_USAGE = ActivityKind.USAGE


def draft_of(event: Incoming) -> Draft:
    """The draft of a plain event. Raises Refused."""
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
