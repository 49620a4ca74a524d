"""Files of somebody else's events and truth: what is wrong in them is said with its line, and stops little."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from banso_common.clock import HOUR_MS
from banso_common.errors import SettingsError
from banso_scoring.model.load import default_model
from banso_standalone.world import truth_file
from prove import files
from prove.__main__ import main
from prove.told import of_files

AT = 1767603600000
EVENT = b'{"account":"a","name":"b","at":%d}' % AT


def lines(file: Path, *some: bytes) -> Path:
    file.write_bytes(b"\n".join(some) + b"\n")
    return file


@pytest.mark.parametrize(
    "line",
    [
        b'{"received_at":%d,"event":%s}' % (AT + 30 * HOUR_MS, EVENT),
        b'{"event": %s, "received_at": %d}' % (EVENT, AT + 30 * HOUR_MS),
        b'  {"received_at": "2026-01-06T15:00:00Z", "event": %s}' % EVENT,
    ],
)
def test_a_backlog_is_heard_when_it_was_received_however_the_line_is_written(tmp_path: Path, line: bytes) -> None:
    file = lines(tmp_path / "e.jsonl", EVENT, line)
    heard = list(files.read(file).moments())
    assert [at for at, _ in heard] == [AT + HOUR_MS - 1, AT + 31 * HOUR_MS - 1]
    assert [column.values for _, columns in heard for column in columns] == [[EVENT], [EVENT]]
    assert files.has_backlog(file)
    assert [at for at, _ in files.read(file, late=False).moments()] == [AT + HOUR_MS - 1]


def test_an_event_may_say_when_it_was_received_itself(tmp_path: Path) -> None:
    call = b'{"type":"track","event":"x","context":{"groupId":"a"},"timestamp":"2026-01-05T09:00:00Z","received_at":1}'
    file = lines(tmp_path / "e.jsonl", call)
    assert not files.has_backlog(file)
    assert [column.values for _, columns in files.read(file).moments() for column in columns] == [[call]]


def test_what_ingest_refuses_is_set_aside_and_said_with_its_line(tmp_path: Path) -> None:
    late = b'{"received_at":%d,"event":%s}' % (AT - 2 * HOUR_MS, EVENT)
    wrong = b'{"account":"a","name":"b","at":%d,"value":"much"}' % AT
    filed = files.read(lines(tmp_path / "e.jsonl", EVENT, EVENT, EVENT, EVENT, late, b'{"account":', wrong))
    assert len(filed.heard) == 4
    assert filed.refused == {"in-future": 1, "not-json": 1, "wrong-type": 1}
    note = filed.note()
    assert note is not None
    assert note.startswith("3 of 7 events were refused")
    assert "line 5: in-future" in note
    assert files.read(lines(tmp_path / "e.jsonl", EVENT)).note() is None


def test_a_file_that_is_mostly_refused_is_not_judged(tmp_path: Path) -> None:
    file = lines(tmp_path / "e.jsonl", EVENT, b"[]", b'{"received_at":"soon","event":%s}' % EVENT)
    with pytest.raises(SettingsError, match="2 of 3 events are refused; first line 2: wrong-type"):
        files.read(file)
    with pytest.raises(SettingsError, match="cannot be read"):
        files.read(tmp_path / "gone.jsonl")


def test_it_is_said_when_events_model_and_truth_do_not_know_each_other(tmp_path: Path) -> None:
    events = lines(tmp_path / "e.jsonl", EVENT)
    truth = lines(tmp_path / "t.jsonl", b'{"account":7,"state":"silent","begin":"2026-01-05"}')
    _, _, notes = of_files(events, truth, default_model())
    friction, contact, foreign = notes
    assert "no event is friction to the model (`roles.friction`)" in friction
    assert "`b`" in friction
    assert "no event is a contact" in contact
    assert "1 accounts of the truth have no event (`7` …)" in foreign
    known = b'{"received_at":%d,"event":{"account":7,"name":"import.failed","at":%d}}' % (AT, AT)
    told = b'{"account":"a","name":"ticket.opened","at":%d}' % AT
    assert of_files(lines(tmp_path / "e.jsonl", EVENT, known, told), truth, default_model())[2] == []


def test_a_wrong_truth_is_refused_before_any_event_is_told(tmp_path: Path) -> None:
    truth = lines(tmp_path / "t.jsonl", b'{"account":"a","state":"silent","begin":"2026-02-05","end":"2026-01-05"}')
    with pytest.raises(SettingsError, match="line 1: it ends on 2026-01-05, before it begins"):
        of_files(tmp_path / "gone.jsonl", truth, default_model())
    lines(truth, '{"account":"cafe\u0301","state":"silent","begin":"2026-02-05"}'.encode())
    assert [spell.account for spell in truth_file.read(truth)] == ["caf\u00e9"]


def test_a_truth_without_events_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="needs its --truth"):
        main(["--truth", str(tmp_path / "t.jsonl")])


def test_what_is_wrong_with_a_file_stands_under_its_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    days = [b'{"account":"a","name":"b","at":%d}' % (AT + day * 24 * HOUR_MS) for day in range(80)]
    events = lines(tmp_path / "e.jsonl", *days, b"{")
    truth = lines(tmp_path / "t.jsonl", b'{"account":"a","state":"fine","begin":"2026-01-05"}')
    assert main(["--events", str(events), "--truth", str(truth), "--json"]) == 0
    notes = json.loads(capsys.readouterr().out)["worlds"]["notes"]
    assert any("1 of 81 events were refused (not-json 1); first line 81" in note for note in notes)
