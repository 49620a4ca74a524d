"""What the extract tells on a day was known on that day, is always the same, and leaves nothing out."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_common.errors import SettingsError
from banso_standalone.examples import TABLES, examples_dir, load_oulad
from banso_standalone.oulad import ATTRIBUTES, MARK_DAYS, Extract, Row

COURSE = {"code_module": "AAA", "code_presentation": "2014J"}
LENGTH = 60


def extract_of(
    enrolments: list[tuple[str, str, str]],
    assessments: list[tuple[str, str]],
    submissions: list[tuple[str, str, int, str, str]],
) -> Extract:
    """Enrolments (student, registered, unregistered), assessments (number, due), submissions (number, student,
    day, banked, score) of one course."""
    tables: dict[str, list[Row]] = {
        "courses": [{**COURSE, "module_presentation_length": str(LENGTH)}],
        "studentRegistration": [
            {**COURSE, "id_student": student, "date_registration": begun, "date_unregistration": ended}
            for student, begun, ended in enrolments
        ],
        "assessments": [
            {**COURSE, "id_assessment": number, "assessment_type": "TMA", "date": due} for number, due in assessments
        ],
        "student_assessment": [
            {
                "id_assessment": number,
                "id_student": student,
                "date_submitted": str(day),
                "is_banked": banked,
                "score": score,
            }
            for number, student, day, banked, score in submissions
        ],
    }
    return Extract(tables, frozenset({"2014J"}), frozenset())


def told(extract: Extract, days: int = LENGTH) -> dict[str, list[int]]:
    """The days on which each kind of thing is told."""
    found: dict[str, list[int]] = defaultdict(list)
    for day in range(days):
        for happening in extract.on_day(day):
            found[happening.name].append(day)
    return found


def test_a_mark_is_told_21_days_after_the_submission_and_a_low_one_twice_over() -> None:
    extract = extract_of([("1", "-5", "")], [("a", "10")], [("a", "1", 8, "0", "39")])
    days = told(extract)
    assert days["assessment.submitted"] == [8]
    assert days["mark.received"] == days["mark.low"] == [8 + MARK_DAYS]
    assert [h.value for h in extract.on_day(8 + MARK_DAYS)] == [39.0, 39.0]


def test_a_mark_of_40_is_not_low() -> None:
    assert not told(extract_of([("1", "-5", "")], [("a", "10")], [("a", "1", 8, "0", "40")]))["mark.low"]


def test_a_deadline_is_missed_only_on_the_day_after_it_and_only_by_who_has_handed_nothing_in() -> None:
    submissions = [("a", "early", 10, "0", "70"), ("a", "late", 13, "0", "70")]
    extract = extract_of([("early", "0", ""), ("late", "0", ""), ("never", "0", "")], [("a", "10")], submissions)
    days = told(extract)
    assert days["assessment.due"] == [10, 10, 10]
    assert days["assessment.missed"] == [11, 11]
    assert days["assessment.late"] == [13]
    assert {h.enrolment.student for h in extract.on_day(11)} == {"late", "never"}


def test_banked_work_is_no_use_and_neither_due_nor_missed() -> None:
    days = told(extract_of([("1", "0", "")], [("a", "10")], [("a", "1", -1, "1", "80")]))
    assert set(days) == {ATTRIBUTES}


def test_an_assessment_without_a_due_day_is_left_out() -> None:
    days = told(extract_of([("1", "0", "")], [("exam", "?"), ("other", "")], [("exam", "1", 50, "0", "80")]))
    assert set(days) == {ATTRIBUTES}


def test_who_registers_late_begins_late_and_has_missed_nothing_before() -> None:
    days = told(extract_of([("1", "12", "")], [("a", "10"), ("b", "20")], []))
    assert days[ATTRIBUTES] == [12]
    assert (days["assessment.due"], days["assessment.missed"]) == ([20], [21])


def test_after_the_end_of_an_enrolment_nothing_more_is_told_of_it() -> None:
    submissions = [("a", "1", 10, "0", "70"), ("b", "1", 25, "0", "70")]
    days = told(extract_of([("1", "0", "22")], [("a", "10"), ("b", "20")], submissions))
    assert days["enrolment.ended"] == [22]
    assert max(day for name in days for day in days[name]) == 22
    assert "mark.received" not in days, "the mark of day 10 would have come on day 31"


def test_who_gave_up_before_the_first_day_is_no_account() -> None:
    assert extract_of([("1", "-30", "-2"), ("2", "-30", "0")], [], []).accounts == 0


registered = st.integers(-200, 40).map(str) | st.just("")
ended = st.integers(-50, LENGTH).map(str) | st.just("")
students = st.lists(st.tuples(registered, ended), min_size=1, max_size=4)
dues = st.lists(st.integers(0, LENGTH), max_size=3)
handed = st.lists(
    st.tuples(
        st.integers(0, 2), st.integers(0, 3), st.integers(-10, LENGTH), st.sampled_from("01"), st.integers(0, 100)
    ),
    max_size=12,
    unique_by=lambda row: row[:2],
)


@given(students, dues, handed)
def test_nothing_is_told_before_it_could_be_known(
    who: list[tuple[str, str]], due: list[int], work: list[tuple[int, int, int, str, int]]
) -> None:
    """Taking away everything that happens after a day changes nothing of what was told until that day."""
    enrolments = [(str(n), begun, end) for n, (begun, end) in enumerate(who)]
    assessments = [(str(n), str(day)) for n, day in enumerate(due)]
    submissions = [(str(a), str(s), day, banked, str(score)) for a, s, day, banked, score in work]
    whole = extract_of(enrolments, assessments, submissions)
    for today in range(0, LENGTH, 7):
        known_enrolments = [
            (s, begun, end if end and int(end) <= today else "")
            for s, begun, end in enrolments
            if int(begun or 0) <= today
        ]
        known_work = [row for row in submissions if row[3] == "1" or row[2] <= today]
        known = extract_of(known_enrolments, assessments, known_work)
        for day in range(today + 1):
            assert names(whole, day) == names(known, day), f"day {day} of what was known on day {today}"


def names(extract: Extract, day: int) -> set[str]:
    return {happening.key for happening in extract.on_day(day)}


@given(students, dues, handed)
def test_every_event_has_a_key_of_its_own(
    who: list[tuple[str, str]], due: list[int], work: list[tuple[int, int, int, str, int]]
) -> None:
    extract = extract_of(
        [(str(n), begun, end) for n, (begun, end) in enumerate(who)],
        [(str(n), str(day)) for n, day in enumerate(due)],
        [(str(a), str(s), day, banked, str(score)) for a, s, day, banked, score in work],
    )
    keys = Counter(h.key for day in range(LENGTH + MARK_DAYS) for h in extract.on_day(day))
    assert not [key for key, count in keys.items() if count > 1]


@pytest.fixture(scope="module")
def aaa() -> Extract:
    """The real enrolments of AAA 2014J."""
    return load_oulad(frozenset({"2014J"}), frozenset({"AAA"}))


def test_the_real_extract_tells_the_same_every_time(aaa: Extract) -> None:
    again = load_oulad(frozenset({"2014J"}), frozenset({"AAA"}))
    for day in range(0, aaa.days, 9):
        assert list(aaa.on_day(day)) == list(again.on_day(day))


def test_every_real_mark_is_told_exactly_21_days_after_its_submission(aaa: Extract) -> None:
    submitted: dict[tuple[str, object], int] = {}
    marks = 0
    for day in range(aaa.days):
        for happening in aaa.on_day(day):
            place = (happening.enrolment.student, happening.properties.get("assessment"))
            if happening.name == "assessment.submitted":
                submitted[place] = day
            if happening.name == "mark.received":
                marks += 1
                assert day == submitted[place] + MARK_DAYS
    assert marks > 1_000


def test_the_real_students_who_left_are_told_of_on_their_day(aaa: Extract) -> None:
    left = [(day, h.enrolment.end) for day in range(aaa.days) for h in aaa.on_day(day) if h.name == "enrolment.ended"]
    assert left
    assert all(day == end for day, end in left)


def test_what_the_extract_does_not_hold_is_said_clearly() -> None:
    with pytest.raises(SettingsError, match="nothing of `AAA 2019J`"):
        load_oulad(frozenset({"2019J"}), frozenset({"AAA"}))


def test_the_files_are_the_four_that_the_readme_tells_of() -> None:
    folder = examples_dir() / "oulad"
    readme = (folder / "README.md").read_text(encoding="utf-8")
    shipped = {file.name for file in folder.glob("*.gz")}
    assert shipped == {f"{name}.csv.gz" for name in TABLES}
    assert all(f"`{name}`" in readme for name in shipped)


def test_the_readme_names_every_event_that_is_told(aaa: Extract) -> None:
    readme = (examples_dir() / "oulad" / "README.md").read_text(encoding="utf-8")
    seen: set[str] = {h.name for day in range(aaa.days) for h in aaa.on_day(day)}
    assert seen - {ATTRIBUTES} == {
        part for part in readme.split("`") if part.startswith(("assessment.", "mark.", "enrolment."))
    }
