"""One event as a format understood it: the fields are named, nothing about them is checked yet."""

from __future__ import annotations

from typing import Any

import msgspec

from banso_common.contracts.account_activity import ActivityKind

Name = str | int | None


class Draft(msgspec.Struct, gc=False):
    """What every format is read into.

    `at` is when it happened on the sender's clock and `sent_at` when the sender sent it by that same
    clock; `id_required` when the format itself demands an id. `value` stands in `properties` no more.
    For kind `account` and `user`, `properties` are the traits as they were written.
    """

    kind: ActivityKind
    id: Name
    source: str | None
    account: Name
    user: Name
    name: str | None
    at: str | int | None
    value: int | float | None
    properties: dict[str, Any] | None
    sent_at: str | int | None = None
    id_required: bool = False
