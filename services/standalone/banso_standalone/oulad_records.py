"""What happened in the OULAD extract as records of the topic usage-events, each in a form that a product might send.

Tutors' systems seldom agree on a form, so all three are used: plain for the calendar, CloudEvents for what is
handed in (in binary mode when late), Segment calls for marks and for who an account is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from banso_common.clock import SECOND_MS, iso
from banso_common.contracts.codec import encode
from banso_common.contracts.dead_letter import Headers
from banso_common.contracts.topics import Topic, partition_of
from banso_common.log.port import Outgoing
from banso_standalone.oulad import ATTRIBUTES, SPREAD_S, Extract, Happening

SOURCE = "oulad"
Record = tuple[bytes, Headers]


@dataclass(frozen=True, slots=True)
class OuladStory:
    """The days of an extract as records."""

    extract: Extract

    @property
    def days(self) -> int:
        """How many days the longest course has."""
        return self.extract.days

    def columns(self, day: int, told_at: int, partitions: int) -> list[Outgoing]:
        """The records of `day`, whose events happen in the three hours before `told_at`."""
        return outgoing(self.extract.on_day(day), told_at, partitions)


def record_of(happening: Happening, noon_at: int) -> Record:
    """Value and headers; the day's events happen in the three hours before `noon_at`."""
    at = noon_at - (SPREAD_S - happening.second) * SECOND_MS
    if happening.name == ATTRIBUTES:
        return _group(happening, at), ()
    match happening.name:
        case "assessment.submitted":
            return _structured(happening, at), ()
        case "assessment.late":
            return _binary(happening, at)
        case "mark.received" | "mark.low":
            return _track(happening, at), ()
        case _:
            return _plain(happening, at), ()


def outgoing(happenings: Iterable[Happening], noon_at: int, partitions: int) -> list[Outgoing]:
    """The records of one day as columns, those without headers first."""
    bare: list[tuple[str, bytes]] = []
    headed: list[tuple[str, bytes]] = []
    headers: list[Headers] = []
    for happening in happenings:
        value, own = record_of(happening, noon_at)
        (headed if own else bare).append((happening.enrolment.account, value))
        if own:
            headers.append(own)
    return [
        Outgoing(
            Topic.USAGE_EVENTS,
            [partition_of(account, partitions) for account, _ in records],
            [account.encode() for account, _ in records],
            [value for _, value in records],
            given,
        )
        for records, given in ((bare, None), (headed, headers))
        if records
    ]


def _plain(happening: Happening, at: int) -> bytes:
    return encode(
        {
            "account": happening.enrolment.account,
            "user": happening.enrolment.student,
            "name": happening.name,
            "at": at,
            "id": happening.key,
            "source": SOURCE,
            "properties": dict(happening.properties),
        }
    )


def _structured(happening: Happening, at: int) -> bytes:
    return encode(
        {
            "specversion": "1.0",
            "id": happening.key,
            "source": f"/{SOURCE}/assessments",
            "type": happening.name,
            "time": iso(at),
            "account": happening.enrolment.account,
            "user": happening.enrolment.student,
            "data": dict(happening.properties),
        }
    )


def _binary(happening: Happening, at: int) -> Record:
    attributes = {
        "specversion": "1.0",
        "id": happening.key,
        "source": f"/{SOURCE}/assessments",
        "type": happening.name,
        "time": iso(at),
        "account": happening.enrolment.account,
        "user": happening.enrolment.student,
    }
    headers = [("content-type", b"application/json"), *((f"ce_{k}", v.encode()) for k, v in attributes.items())]
    return encode(dict(happening.properties)), tuple(headers)


def _track(happening: Happening, at: int) -> bytes:
    value = {} if happening.value is None else {"value": happening.value}
    return encode(
        {
            "type": "track",
            "messageId": happening.key,
            "event": happening.name,
            "userId": happening.enrolment.student,
            "timestamp": iso(at),
            "context": {"groupId": happening.enrolment.account},
            "properties": {**happening.properties, **value},
        }
    )


def _group(happening: Happening, at: int) -> bytes:
    return encode(
        {
            "type": "group",
            "messageId": happening.key,
            "groupId": happening.enrolment.account,
            "userId": happening.enrolment.student,
            "timestamp": iso(at),
            "traits": dict(happening.properties),
        }
    )
