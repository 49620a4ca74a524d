"""From a draft to the canonical activity, or a refusal: the one place where an event is judged.

Pure: the same draft, arrival and rules give the same activity. `identity = identity_of(source, id)`.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

import msgspec

from banso_common.contracts.account_activity import HEARTBEAT, VERSION, AccountActivity, ActivityKind
from banso_common.contracts.account_signal import SUBJECT_PREFIX, feed_subject
from banso_common.contracts.codec import encode, identity_of
from banso_common.contracts.spelling import composed, is_bare
from banso_ingest.domain.amount import micro_of
from banso_ingest.domain.attributes import attributes_of
from banso_ingest.domain.draft import Draft, Name
from banso_ingest.domain.instant import instant_of
from banso_ingest.domain.limits import (
    ACCOUNT_LENGTH_MAX,
    ID_LENGTH_MAX,
    NAME_LENGTH_MAX,
    SOURCE_LENGTH_MAX,
    USER_LENGTH_MAX,
    VALUE_UNITS_MAX,
    Rules,
)
from banso_ingest.domain.properties import flat
from banso_ingest.domain.refusal import RefusalCode, refusal
from banso_ingest.domain.text import is_clean

_ACCOUNT, _HEARTBEAT = ActivityKind.ACCOUNT, ActivityKind.HEARTBEAT
_user_key = lru_cache(maxsize=65_536)(identity_of)


class Arrival(msgspec.Struct, frozen=True, gc=False):
    """How an event came: `received_at` is now, as ingest sees it; (`place`, `index`) is where it stands, the
    same when it is read again; `sender_heard_at` is when the sender's own request arrived, None when that
    is not known, since a record of the topic may have waited."""

    received_at: int
    place: str
    index: int
    sender_heard_at: int | None = None

    @property
    def origin(self) -> str:
        """`topic/partition/offset` or `http/<path>/<request>/<index>`."""
        return f"{self.place}/{self.index}"


def canonical(draft: Draft, arrival: Arrival, rules: Rules) -> AccountActivity:
    """The activity that `draft` says. Raises Refused with a RefusalCode."""
    if draft.name == HEARTBEAT:
        draft = _heartbeat(draft)
    user = _user(draft.user, rules.ids_composed)
    source = _source(draft.source, rules.ids_composed)
    account = _account(draft, user, rules) if draft.kind is not _HEARTBEAT else feed_subject(source)
    name = _name(draft.name)
    occurred_at = _occurred_at(draft, arrival, rules)
    if draft.kind is _ACCOUNT:
        properties = attributes_of(draft.properties or {}, rules.zones)
    else:
        properties = flat(draft.properties) if draft.properties else {}
    value = None if draft.value is None else _value(draft.value)
    identifier = (
        _given_id(draft.id)
        if draft.id is not None and draft.id != ""
        else _made_id(draft, arrival, (account, user, name, occurred_at, value, properties))
    )
    return AccountActivity(
        v=VERSION,
        kind=draft.kind,
        identity=identity_of(source, identifier),
        id=identifier,
        source=source,
        account=account,
        name=name,
        occurred_at=occurred_at,
        received_at=arrival.received_at,
        user=user,
        user_key=0 if user is None else _user_key(account, user),
        value=value,
        properties=properties,
    )


def _heartbeat(draft: Draft) -> Draft:
    """A heartbeat tells of its source alone."""
    return Draft(
        _HEARTBEAT,
        draft.id,
        draft.source,
        None,
        None,
        HEARTBEAT,
        draft.at,
        None,
        None,
        draft.sent_at,
        draft.id_required,
    )


def _account(draft: Draft, user: str | None, rules: Rules) -> str:
    if draft.account is not None and draft.account != "":
        account = _subject(draft.account, rules.ids_composed)
    elif rules.user_is_account and user is not None:
        account = user
    else:
        raise refusal(RefusalCode.MISSING_ACCOUNT, "the event names no account")
    if account is None or len(account) > ACCOUNT_LENGTH_MAX:
        raise _bad_subject(RefusalCode.BAD_ACCOUNT, "account", ACCOUNT_LENGTH_MAX)
    if account.startswith(SUBJECT_PREFIX):
        raise refusal(RefusalCode.BAD_ACCOUNT, f"names that begin with `{SUBJECT_PREFIX}` are banso's own")
    return account


def _user(written: Name, ids_composed: bool) -> str | None:
    if written is None or written == "":
        return None
    user = _subject(written, ids_composed)
    if user is None or len(user) > USER_LENGTH_MAX:
        raise _bad_subject(RefusalCode.BAD_USER, "user", USER_LENGTH_MAX)
    return user


def _subject(written: str | int, ids_composed: bool) -> str | None:
    """The one spelling of who is meant; None for a text that nobody may be named by."""
    text = composed(str(written)) if ids_composed else str(written)
    return text if is_clean(text) and is_bare(text) else None


@lru_cache(maxsize=4_096)
def _name(name: str | None) -> str:
    if not name:
        raise refusal(RefusalCode.MISSING_NAME, "the event has no name: what was done?")
    if len(name) > NAME_LENGTH_MAX or not is_clean(name):
        raise _bad(RefusalCode.BAD_NAME, "name", NAME_LENGTH_MAX)
    return name


@lru_cache(maxsize=4_096)
def _source(written: str | None, ids_composed: bool) -> str:
    if not written:
        raise refusal(RefusalCode.MISSING_SOURCE, "the event names no source")
    source = _subject(written, ids_composed)
    if source is None or len(source) > SOURCE_LENGTH_MAX:
        raise _bad_subject(RefusalCode.BAD_SOURCE, "source", SOURCE_LENGTH_MAX)
    return source


def _given_id(written: str | int) -> str:
    identifier = str(written)
    if len(identifier) > ID_LENGTH_MAX or not is_clean(identifier):
        raise _bad(RefusalCode.BAD_ID, "id", ID_LENGTH_MAX)
    return identifier


def _made_id(draft: Draft, arrival: Arrival, content: tuple[object, ...]) -> str:
    """An id made of the content when that holds an instant, so that a retry is a duplicate; else of where it stands."""
    if draft.id_required:
        raise refusal(RefusalCode.MISSING_ID, "a CloudEvent must have an id")
    if draft.at is None:
        return _given_id(arrival.origin)
    return "content:" + blake2b(encode(content), digest_size=16).hexdigest()


def _value(amount: int | float) -> int:
    value = micro_of(amount)
    if value is None:
        raise refusal(RefusalCode.BAD_VALUE, f"`value` must lie within ±{VALUE_UNITS_MAX}")
    return value


def _occurred_at(draft: Draft, arrival: Arrival, rules: Rules) -> int:
    """When it happened, on our clock: at + (heard - sent), since both `at` and `sent` are the sender's clock."""
    if draft.at is None:
        return arrival.received_at
    at = instant_of(draft.at)
    if draft.sent_at is not None and arrival.sender_heard_at is not None:
        at += arrival.sender_heard_at - instant_of(draft.sent_at)
    if at > arrival.received_at + rules.future_ms:
        raise refusal(RefusalCode.IN_FUTURE, f"it happens {at - arrival.received_at} ms from now")
    if at < arrival.received_at - rules.kept_ms:
        raise refusal(RefusalCode.TOO_OLD, f"it happened {arrival.received_at - at} ms ago; is `at` in ms?")
    return at


def _bad(code: RefusalCode, field: str, length_max: int) -> Exception:
    return refusal(code, f"`{field}` must have 1 to {length_max} characters and no control characters")


def _bad_subject(code: RefusalCode, field: str, length_max: int) -> Exception:
    return refusal(
        code,
        f"`{field}` must have 1 to {length_max} characters, no control characters, and no blank or invisible "
        "character at either end",
    )
