"""Why an event is refused: a closed set of codes, each with one meaning, for machines and for dashboards."""

from __future__ import annotations

from enum import StrEnum

from banso_common.errors import Refused


class RefusalCode(StrEnum):
    """Every reason that ingest can give. The page docs/contracts.md lists them; a test compares."""

    # reading the bytes
    NOT_JSON = "not-json"
    NOT_UTF8 = "not-utf8"
    NUL_CHARACTER = "nul-character"
    TOO_LARGE = "too-large"
    TOO_DEEP = "too-deep"
    WRONG_TYPE = "wrong-type"
    FOREIGN_FIELD = "foreign-field"
    UNSUPPORTED_VERSION = "unsupported-version"
    UNSUPPORTED_CALL = "unsupported-call"
    UNSUPPORTED_DATA = "unsupported-data"
    BATCH_IN_RECORD = "batch-in-record"
    # who, what, when
    MISSING_ACCOUNT = "missing-account"
    MISSING_ID = "missing-id"
    MISSING_NAME = "missing-name"
    MISSING_SOURCE = "missing-source"
    BAD_ACCOUNT = "bad-account"
    BAD_ID = "bad-id"
    BAD_NAME = "bad-name"
    BAD_SOURCE = "bad-source"
    BAD_USER = "bad-user"
    BAD_TIME = "bad-time"
    IN_FUTURE = "in-future"
    TOO_OLD = "too-old"
    # how much, and what else
    BAD_VALUE = "bad-value"
    BAD_PROPERTY = "bad-property"
    TOO_MANY_PROPERTIES = "too-many-properties"
    BAD_ATTRIBUTE = "bad-attribute"


def refusal(code: RefusalCode, reason: str) -> Refused:
    """The error to raise: `code` for machines, `reason` a sentence for the person who sent the event."""
    return Refused(code.value, reason)
