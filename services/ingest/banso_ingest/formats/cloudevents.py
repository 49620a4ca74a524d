"""CloudEvents 1.0 (JSON event format, HTTP and Kafka bindings) as drafts.

`type` is the event's name and `time` its instant. The account is the extension attribute `account`, else
`data.account`; the user likewise. `data.value` is the value, the other fields of `data` are the properties.
The types `banso.account` and `banso.user` say what an account or a user is; their `data` is its traits.
`subject` and other attributes are not read.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from banso_common.contracts.account_activity import ActivityKind
from banso_ingest.domain.draft import Draft, Name
from banso_ingest.domain.refusal import RefusalCode, refusal
from banso_ingest.formats.incoming import Incoming, data_decoder, read_json

SPECVERSION = "1.0"
ACCOUNT_TYPE = "banso.account"
USER_TYPE = "banso.user"
_USAGE = ActivityKind.USAGE
_NUMBER = (int, float)
_KINDS = {ACCOUNT_TYPE: ActivityKind.ACCOUNT, USER_TYPE: ActivityKind.USER}


def structured(event: Incoming) -> Draft:
    """The draft of a CloudEvent in structured mode, or of one event of a batch. Raises Refused."""
    return _draft(event, _data(event))


def binary(attributes: Mapping[str, str], body: bytes) -> Draft:
    """The draft of a CloudEvent in binary mode: attributes from headers, without prefix, and data as the body."""
    event = Incoming(
        specversion=attributes.get("specversion"),
        id=attributes.get("id"),
        source=attributes.get("source"),
        type=attributes.get("type"),
        account=attributes.get("account"),
        user=attributes.get("user"),
        time=attributes.get("time"),
    )
    return _draft(event, read_json(data_decoder, body) if body else {})


def _draft(event: Incoming, data: dict[str, Any]) -> Draft:
    if event.specversion != SPECVERSION:
        raise refusal(
            RefusalCode.UNSUPPORTED_VERSION, f"specversion must be {SPECVERSION}, not {event.specversion!a:.20}"
        )
    account, user = event.account, event.user
    if account is None and "account" in data:
        account = _name(data.pop("account"), RefusalCode.BAD_ACCOUNT, "account")
    if user is None and "user" in data:
        user = _name(data.pop("user"), RefusalCode.BAD_USER, "user")
    kind, name, value = _USAGE, event.type, None
    if name in _KINDS:
        kind = _KINDS[name]
        name = kind.value
    elif "value" in data:
        value = data.pop("value")
        if value is not None and (isinstance(value, bool) or not isinstance(value, _NUMBER)):
            raise refusal(RefusalCode.BAD_VALUE, "`data.value` must be a number")
    return Draft(kind, event.id, event.source, account, user, name, event.time, value, data, id_required=True)


def _data(event: Incoming) -> dict[str, Any]:
    if isinstance(event.data, dict):
        return event.data
    if event.data_base64 is not None:
        try:
            inner = b64decode(event.data_base64, validate=True)
        except (binascii.Error, ValueError):
            raise refusal(RefusalCode.UNSUPPORTED_DATA, "`data_base64` is no base64") from None
        return read_json(data_decoder, inner)
    if event.data is None:
        return {}
    raise refusal(RefusalCode.UNSUPPORTED_DATA, "`data` must be a JSON object")


def _name(written: Any, code: RefusalCode, field: str) -> Name:
    if written is None or isinstance(written, str):
        return written
    if isinstance(written, int) and not isinstance(written, bool):
        return written
    raise refusal(code, f"`data.{field}` must be a text or a whole number")
