"""The OULAD extract as what happened on each day of a course: an account is an enrolment.

Pure: `on_day(d)` reads nothing that became known after day d. A mark is known MARK_DAYS after its submission,
a deadline is missed on the day after it, and nothing happens in an enrolment after the day it ended. Days count
from the presentation's first; what lies before the first day of an enrolment is told on that day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from zlib import crc32

MARK_DAYS = 21
MISSED_AFTER_DAYS = 1
LOW_MARK_BELOW = 40.0
SPREAD_S = 3 * 3_600
LOCALES = ("ja-JP", "en-GB")

Row = Mapping[str, str]
Scalar = str | int | float


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A student in a presentation of a module, from the day `first` to the day `end`, if that has come."""

    module: str
    presentation: str
    student: str
    first: int
    end: int | None

    @property
    def account(self) -> str:
        return f"{self.module}/{self.presentation}/{self.student}"

    def is_open(self, day: int) -> bool:
        """Whether it has begun and has not ended before `day`."""
        return self.first <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Happening:
    """One event: `second` is the second of the morning on which it happened, `key` names it for ever."""

    enrolment: Enrolment
    name: str
    key: str
    second: int
    value: float | None = None
    properties: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Assessment:
    number: str
    kind: str
    due: int


@dataclass(frozen=True, slots=True)
class _Submission:
    enrolment: Enrolment
    assessment: _Assessment
    day: int
    score: float | None


Course = tuple[str, str]


class Extract:
    """The presentations that were chosen, indexed by the day on which something becomes known."""

    def __init__(self, tables: Mapping[str, Iterable[Row]], presentations: frozenset[str], modules: frozenset[str]):
        """`tables` are the rows of the four files by name; no module named means all of them."""
        self._enrolled: dict[Course, list[Enrolment]] = defaultdict(list)
        self._begin: dict[int, list[Enrolment]] = defaultdict(list)
        self._end: dict[int, list[Enrolment]] = defaultdict(list)
        self._due: dict[int, list[tuple[Course, _Assessment]]] = defaultdict(list)
        self._handed_in: dict[int, list[_Submission]] = defaultdict(list)
        self._marked: dict[int, list[_Submission]] = defaultdict(list)
        self._first_handed_in: dict[tuple[str, str], int] = {}
        self._lengths = [
            int(row["module_presentation_length"])
            for row in tables["courses"]
            if row["code_presentation"] in presentations
        ]
        students = self._read_enrolments(tables["studentRegistration"], presentations, modules)
        assessments = self._read_assessments(tables["assessments"])
        self._read_submissions(tables["student_assessment"], assessments, students)

    @property
    def days(self) -> int:
        """How many days the longest of the courses has."""
        return max(self._lengths, default=0)

    @property
    def presentations(self) -> list[str]:
        """Those that have enrolments, in the order of time."""
        return sorted({presentation for _, presentation in self._enrolled})

    @property
    def accounts(self) -> int:
        """How many enrolments there are."""
        return sum(len(course) for course in self._enrolled.values())

    def on_day(self, day: int) -> Iterator[Happening]:
        """What happened on `day`, always in the same order."""
        return chain(
            (_attributes(enrolment) for enrolment in self._begin.get(day, ())),
            self._deadlines(day, "assessment.due", 0),
            self._submitted(day),
            self._deadlines(day, "assessment.missed", MISSED_AFTER_DAYS),
            self._marks(day),
            (
                _happening(enrolment, "enrolment.ended", "", reason="unregistered")
                for enrolment in self._end.get(day, ())
            ),
        )

    def _deadlines(self, day: int, name: str, after_days: int) -> Iterator[Happening]:
        """Deadlines that came, or passed with nothing handed in; not for work that was banked or came before."""
        for course, assessment in self._due.get(day - after_days, ()):
            for enrolment in self._enrolled[course]:
                if enrolment.first > assessment.due or not enrolment.is_open(day):
                    continue
                handed_in = self._first_handed_in.get((assessment.number, enrolment.student))
                if handed_in == _BANKED or (after_days and handed_in is not None and handed_in <= assessment.due):
                    continue
                yield _happening(enrolment, name, assessment.number, type=assessment.kind)

    def _submitted(self, day: int) -> Iterator[Happening]:
        for handed in self._handed_in.get(day, ()):
            number, kind, due = handed.assessment.number, handed.assessment.kind, handed.assessment.due
            yield _happening(handed.enrolment, "assessment.submitted", number, type=kind)
            if handed.day > due:
                yield _happening(handed.enrolment, "assessment.late", number, type=kind, days=handed.day - due)

    def _marks(self, day: int) -> Iterator[Happening]:
        for marked in self._marked.get(day, ()):
            if marked.score is None:
                continue
            names = ["mark.received"] + ["mark.low"] * (marked.score < LOW_MARK_BELOW)
            for name in names:
                key, second = _place(marked.enrolment, name, marked.assessment.number)
                properties = {"assessment": marked.assessment.number}
                yield Happening(marked.enrolment, name, key, second, marked.score, properties)

    def _read_enrolments(
        self, rows: Iterable[Row], presentations: frozenset[str], modules: frozenset[str]
    ) -> dict[tuple[Course, str], Enrolment]:
        students: dict[tuple[Course, str], Enrolment] = {}
        for row in rows:
            course = (row["code_module"], row["code_presentation"])
            if course[1] not in presentations or (modules and course[0] not in modules):
                continue
            first, end = max(0, _day(row["date_registration"]) or 0), _day(row["date_unregistration"])
            if end is not None and end <= first:
                continue
            enrolment = Enrolment(*course, row["id_student"], first, end)
            students[course, enrolment.student] = enrolment
            self._enrolled[course].append(enrolment)
            self._begin[first].append(enrolment)
            if end is not None:
                self._end[end].append(enrolment)
        return students

    def _read_assessments(self, rows: Iterable[Row]) -> dict[str, tuple[Course, _Assessment]]:
        """Those with a due day; an exam without one is not known to come due."""
        found: dict[str, tuple[Course, _Assessment]] = {}
        for row in rows:
            course, due = (row["code_module"], row["code_presentation"]), _day(row["date"])
            if course in self._enrolled and due is not None:
                assessment = _Assessment(row["id_assessment"], row["assessment_type"], due)
                found[assessment.number] = (course, assessment)
                self._due[due].append((course, assessment))
        return found

    def _read_submissions(
        self,
        rows: Iterable[Row],
        assessments: Mapping[str, tuple[Course, _Assessment]],
        students: Mapping[tuple[Course, str], Enrolment],
    ) -> None:
        for row in rows:
            if row["id_assessment"] not in assessments:
                continue
            course, assessment = assessments[row["id_assessment"]]
            enrolment = students.get((course, row["id_student"]))
            if enrolment is None:
                continue
            place = (assessment.number, enrolment.student)
            if row["is_banked"] == "1":
                self._first_handed_in[place] = _BANKED
                continue
            day = int(row["date_submitted"])
            self._first_handed_in[place] = day
            submission = _Submission(enrolment, assessment, day, float(row["score"]) if row["score"] else None)
            if enrolment.is_open(told := max(day, enrolment.first)):
                self._handed_in[told].append(submission)
            if enrolment.is_open(told := max(day + MARK_DAYS, enrolment.first)):
                self._marked[told].append(submission)


_BANKED = -(10**6)
"""Stands for the day of work that was handed in for an earlier presentation and counts again."""


def _day(written: str) -> int | None:
    return int(written) if written.removeprefix("-").isdecimal() else None


def _place(enrolment: Enrolment, name: str, number: str) -> tuple[str, int]:
    key = "/".join(part for part in (enrolment.account, name, number) if part)
    return key, crc32(enrolment.account.encode()) % SPREAD_S


def _happening(enrolment: Enrolment, name: str, number: str, **properties: Scalar) -> Happening:
    key, second = _place(enrolment, name, number)
    return Happening(enrolment, name, key, second, None, {"assessment": number, **properties} if number else properties)


def _attributes(enrolment: Enrolment) -> Happening:
    """Who the account is; modules take turns in their tutor's language, so that both can be seen."""
    module = enrolment.module
    locale = LOCALES[ord(module[0]) % len(LOCALES)]
    key, second = _place(enrolment, ATTRIBUTES, "")
    traits: dict[str, Scalar] = {
        "name": f"{module} {enrolment.presentation} · student {enrolment.student}",
        "category": module,
        "owner_name": f"Tutor {module}",
        "owner_email": f"tutor.{module.lower()}@example.org",
        "owner_locale": locale,
        "locale": locale,
    }
    return Happening(enrolment, ATTRIBUTES, key, second, None, traits)


ATTRIBUTES = "attributes"
"""The name of the happening that says who an account is."""
