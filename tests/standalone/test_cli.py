"""The commands beside `run`: each says what it did, with `--json` for programs."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from banso_common.errors import BansoError
from banso_common.http.keys import KeyRing
from banso_standalone.__main__ import main
from banso_standalone.cli import app
from banso_standalone.examples import oulad_model_file
from deploy.local.server import free_port
from tests.standalone.house import fresh_journal, open_house


def banso(*arguments: str, code: int = 0) -> str:
    """What the command prints; it must end with `code`."""
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output


def test_a_key_is_shown_once_listed_and_revoked(data_dir: Path) -> None:
    data_dir.mkdir()
    key = banso("keys", "create", "backend", "--scope", "events:write").strip()
    principal = KeyRing(data_dir / "keys.json").find(key)
    assert principal is not None
    (row,) = json.loads(banso("keys", "list", "--json"))
    assert (row["name"], row["scopes"], row["expired"]) == ("backend", ["events:write"], False)
    assert row["created_at"].startswith("20") and row["last_used_at"] is row["expires_at"] is None
    assert key not in banso("keys", "list")
    banso("keys", "revoke", "backend")
    assert KeyRing(data_dir / "keys.json").find(key) is None
    with pytest.raises(BansoError, match="no key named"):
        banso("keys", "revoke", "backend")


def test_a_key_may_expire_after_a_span_or_on_a_day(data_dir: Path) -> None:
    data_dir.mkdir()
    for name, expires in (("span", "90d"), ("hours", "12h"), ("day", "2199-03-31")):
        banso("keys", "create", name, "--scope", "admin", "--expires", expires)
    ends = {row["name"]: row["expires_at"] for row in json.loads(banso("keys", "list", "--json"))}
    now = datetime.now(UTC)
    assert abs(datetime.fromisoformat(ends["span"]) - now - timedelta(90)) < timedelta(minutes=5)
    assert abs(datetime.fromisoformat(ends["hours"]) - now - timedelta(hours=12)) < timedelta(minutes=5)
    assert ends["day"] == "2199-03-31T00:00:00.000Z"
    assert "used never\texpires 2199-03-31" in banso("keys", "list")
    assert "90d" in banso("keys", "create", "odd", "--scope", "admin", "--expires", "soon", code=2)
    with pytest.raises(BansoError, match="future"):
        banso("keys", "create", "past", "--scope", "admin", "--expires", "2020-01-01")


def test_a_scope_that_is_none_is_refused(data_dir: Path) -> None:
    banso("keys", "create", "backend", "--scope", "everything", code=2)


def test_what_is_not_stored_cannot_be_erased_and_nobody_is_erased_unasked(data_dir: Path) -> None:
    data_dir.mkdir()
    banso("migrate")
    assert "nothing was stored" in banso("erase", "account", "acme", "--yes", code=1)
    assert json.loads(banso("erase", "user", "acme", "mai", "--yes", "--json", code=1)) == {"days": 0}
    told = json.loads(banso("erase", "account", "acme", "--yes", "--json", code=1))
    assert told == {"scoring": {}, "alerts": {}, "under_way": 0}
    assert "Aborted" in banso("erase", "account", "acme", code=1)


def test_an_account_is_erased_under_whatever_spelling_it_is_stored(data_dir: Path) -> None:
    data_dir.mkdir()
    banso("migrate")
    for stored, asked in (("Cafe\u0301", "Caf\u00e9"), ("Caf\u00e9", "Cafe\u0301")):
        with closing(sqlite3.connect(data_dir / "alerts.db")) as store, store:
            store.execute("INSERT INTO assignment VALUES (?, 'told', 0.1, 's', 1, 1)", (stored,))
        told = json.loads(banso("erase", "account", asked, "--yes", "--json"))
        assert told["alerts"] == {"assignment": 1}


def test_a_good_model_is_said_to_be_good() -> None:
    assert "good" in banso("model", "check", str(oulad_model_file()))
    assert json.loads(banso("model", "check", str(oulad_model_file()), "--json")) == []


OWN_PLAYS = """
plays:
  - call-the-silent
  - name: say-hello
    when: {kind: stalled, phase: presentation}
    audience: contact
    channels: [email]
    template: stalled
    cooldown_hours: 24
    expiry_hours: 24
"""


def test_the_plays_of_a_model_are_checked_with_it_and_alone(tmp_path: Path) -> None:
    """Three faults of one play, each with its line, by either command."""
    model = tmp_path / "model.yaml"
    model.write_text(oulad_model_file().read_text(encoding="utf-8") + OWN_PLAYS, encoding="utf-8")
    lines = model.read_text(encoding="utf-8").splitlines()
    told = {
        lines.index("    audience: contact") + 1: "customer: true",
        lines.index("    template: stalled") + 1: "belong together",
        lines.index("    when: {kind: stalled, phase: presentation}") + 1: "no phase presentation",
    }
    for command in ("model", "plays"):
        findings = json.loads(banso(command, "check", str(model), "--json", code=1))
        assert {each["line"] for each in findings} == set(told), findings
        for each in findings:
            assert told[each["line"]] in each["reason"]
    no_plays = OWN_PLAYS.partition("  - name")[0]
    model.write_text(oulad_model_file().read_text(encoding="utf-8") + no_plays, encoding="utf-8")
    assert "good" in banso("plays", "check", str(model))
    assert "good" in banso("model", "check", str(model))


def test_a_wrong_model_is_refused_with_line_and_reason(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(oulad_model_file().read_text(encoding="utf-8").replace("weight: 43", "wait: 43"), encoding="utf-8")
    line = next(n for n, text in enumerate(wrong.read_text(encoding="utf-8").splitlines(), 1) if "wait: 43" in text)
    findings: list[dict[str, Any]] = json.loads(banso("model", "check", str(wrong), "--json", code=1))
    assert line in {finding["line"] for finding in findings}
    assert f"line {line}" in banso("model", "check", str(wrong), code=1)


async def test_conservation_and_dead_letters_are_asked_for_while_it_runs(data_dir: Path) -> None:
    async with open_house(data_dir, fresh_journal(2, "AAA")) as house:
        told = await house.replay()
        found = json.loads(await asyncio.to_thread(banso, "conservation", "--json"))
        assert found["adds_up"]
        assert sum(lane["received"] for lane in found["lanes"]) == told[-1].events
        assert "received" in await asyncio.to_thread(banso, "conservation")
        assert await asyncio.to_thread(banso, "dead-letters", "list", "--json") == ""


def test_dead_letters_without_a_log_are_a_clear_error(data_dir: Path) -> None:
    assert "there is no log" in CliRunner().invoke(app, ["dead-letters", "list"]).output


def test_the_description_of_the_api_has_every_door(data_dir: Path) -> None:
    paths = json.loads(banso("openapi"))["paths"]
    assert {"/v1/events", "/v1/track", "/v1/accounts", "/v1/accounts/{account}", "/v1/outreach"} <= set(paths)


def test_kafka_must_be_named_for_what_needs_it(data_dir: Path) -> None:
    for command in (["topics", "create"], ["ingest"], ["scoring"], ["alerts"]):
        with pytest.raises(BansoError, match="BANSO_KAFKA_BOOTSTRAP"):
            banso(*command)


def test_the_example_is_sent_into_kafka_as_a_backlog(
    data_dir: Path, kafka_bootstrap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANSO_KAFKA_BOOTSTRAP", kafka_bootstrap)
    monkeypatch.setenv("BANSO_TOPIC_PREFIX", f"{data_dir.parent.name}-")
    assert "usage-events" in banso("topics", "create")
    sent = banso("replay", "--module", "AAA")
    assert " events of 352 accounts sent" in sent


@pytest.mark.parametrize(
    "case",
    [
        (("run",), {"BANSO_PORT": "high"}, "BANSO_PORT"),
        (("run",), {"BANSO_REPLAY": "everything"}, "BANSO_REPLAY"),
        (("run", "--no-example"), {"BANSO_MODEL_FILE": "/no/such/file"}, "/no/such/file"),
        (("alerts",), {"BANSO_TIME_ZONE": "Mars/Base"}, "Mars/Base"),
        (("keys", "revoke", "nobody"), {}, "nobody"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_exit_code_2(
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    case: tuple[tuple[str, ...], dict[str, str], str],
) -> None:
    arguments, settings, says = case
    monkeypatch.setenv("BANSO_PORT", str(free_port()))
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["banso", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.err.startswith("banso: ")
    assert says in said.err
    assert (said.err.count("\n"), said.out) == (1, "")
