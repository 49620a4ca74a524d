"""A folder remembers its example; the course is laid by whole weeks so that today lies in its middle."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_common.errors import SettingsError
from banso_standalone.beginning import JOURNAL, begin
from banso_standalone.journal import LAST_COURSE_DAY, NOMINAL_FIRST_DAYS, JournalFile, first_day, further
from banso_standalone.settings import Example, StandaloneSettings
from tests.standalone.house import NOW_AT, TODAY, fresh_journal


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(["2013B", "2013J", "2014B", "2014J"]))
def test_the_course_is_moved_by_whole_weeks_and_today_is_among_its_last_seven_days(today: date, name: str) -> None:
    first = first_day(name, today)
    nominal = date(int(name[:4]), *NOMINAL_FIRST_DAYS[name[4:]])
    assert (first - nominal).days % 7 == 0
    assert LAST_COURSE_DAY - 7 < (today - first).days <= LAST_COURSE_DAY


def test_a_journal_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    file = JournalFile(tmp_path / JOURNAL)
    assert file.read() is None
    journal = further(fresh_journal(30, "AAA"), 12, NOW_AT)
    file.write(journal)
    assert file.read() == journal


def test_a_journal_that_cannot_be_read_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / JOURNAL).write_text('{"example": "something"}')
    with pytest.raises(SettingsError, match="cannot be read"):
        JournalFile(tmp_path / JOURNAL).read()


def test_a_new_folder_begins_with_the_example_and_a_later_run_goes_on_with_it(data_dir: Path) -> None:
    data_dir.mkdir()
    begun = begin(StandaloneSettings(), NOW_AT)
    assert (begun.journal.example, begun.goes_on) == (Example.OULAD, True)
    assert begun.journal.clock_at is not None
    assert begun.model_file is not None
    assert begun.model_file.name == "oulad.yaml"
    begun.file.write(further(begun.journal, 5, NOW_AT - 1))
    later = begin(StandaloneSettings(), NOW_AT)
    assert later.journal == further(begun.journal, 5, NOW_AT - 1)


def test_a_folder_begun_empty_stays_without_the_example(data_dir: Path) -> None:
    data_dir.mkdir()
    empty = begin(StandaloneSettings(replay=Example.NONE), NOW_AT)
    assert (empty.journal.example, empty.journal.clock_at, empty.model_file) == (Example.NONE, None, None)
    later = begin(StandaloneSettings(), NOW_AT)
    assert (later.journal.example, later.goes_on) == (Example.NONE, False)


def test_a_folder_with_accounts_of_its_own_never_gets_the_example(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "scoring.db").touch()
    begun = begin(StandaloneSettings(), NOW_AT)
    assert (begun.journal.example, begun.journal.clock_at) == (Example.NONE, None)


def test_saying_none_to_a_folder_with_the_example_makes_time_real_for_good(data_dir: Path) -> None:
    data_dir.mkdir()
    begin(StandaloneSettings(), NOW_AT)
    stopped = begin(StandaloneSettings(replay=Example.NONE), NOW_AT)
    assert (stopped.goes_on, stopped.journal.clock_at) == (False, None)
    again = begin(StandaloneSettings(), NOW_AT)
    assert (again.goes_on, again.journal.clock_at) == (True, None), "it goes on, in real time"


def test_a_model_file_that_was_named_once_is_used_by_the_next_run(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_dir.mkdir()
    monkeypatch.setenv("BANSO_MODEL_FILE", str(tmp_path / "ours.yaml"))
    assert begin(StandaloneSettings(), NOW_AT).model_file == tmp_path / "ours.yaml"
    monkeypatch.delenv("BANSO_MODEL_FILE")
    assert begin(StandaloneSettings(), NOW_AT).model_file == tmp_path / "ours.yaml"


def test_virtual_time_begins_at_the_first_midnight_of_the_course_where_the_installation_is(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_dir.mkdir()
    monkeypatch.setenv("BANSO_TIME_ZONE", "Asia/Tokyo")
    journal = begin(StandaloneSettings(), NOW_AT).journal
    first = date.fromordinal(date(1970, 1, 1).toordinal() + ((journal.clock_at or 0) // 3_600_000 + 9) // 24)
    assert journal.first_day == first
    assert ((journal.clock_at or 0) // 3_600_000 + 9) % 24 == 0
    assert TODAY - timedelta(LAST_COURSE_DAY) <= first
