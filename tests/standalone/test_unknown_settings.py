"""A setting with a slip of the pen is warned of, with the one that may be meant; what is read is not."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from banso_common.errors import BansoError
from banso_common.settings import ENV_PREFIX
from banso_standalone import cli, cli_services, cli_world
from banso_standalone.cli import app
from banso_standalone.unknown_settings import ELSEWHERE, TESTS, known, unknown

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("BANSO_DATADIR", "BANSO_DATA_DIR"),
        ("BANSO_SLACK_TOKENS", "BANSO_SLACK_TOKEN"),
        ("BANSO_STMP_PORT", "BANSO_SMTP_PORT"),
        ("banso_hots", "BANSO_HOST"),
        ("BANSO_ZZZZ", None),
    ],
)
def test_a_slip_of_the_pen_is_found_with_what_may_be_meant(said: str, meant: str | None) -> None:
    assert unknown({said: "x", "PATH": "/bin", "BANSO_PORT": "80"}) == {said: meant}


def test_what_is_read_by_any_part_is_known_in_either_case() -> None:
    read = {"BANSO_SLACK_TOKEN", "BANSO_REPEAT_DAYS", "BANSO_KEPT_DAYS", "BANSO_REPLAY", "banso_data_dir"}
    assert unknown(dict.fromkeys(read | ELSEWHERE | {"BANSO_TEST_KILLS"}, "1")) == {}


def test_what_kubernetes_and_docker_say_of_services_is_no_setting() -> None:
    made = {
        "BANSO_SCORING_SERVICE_HOST": "10.0.0.1",
        "BANSO_SCORING_SERVICE_PORT_HTTP": "80",
        "BANSO_SCORING_PORT": "tcp://10.0.0.1:80",
        "BANSO_SCORING_PORT_80_TCP_ADDR": "10.0.0.1",
    }
    assert unknown(made) == {}


def test_every_variable_that_a_page_or_a_file_of_the_house_names_is_read() -> None:
    files = [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("README*.md"), *(ROOT / "deploy").rglob("*.y*ml")]
    named = {name for file in files for name in re.findall(r"\bBANSO_[A-Z0-9_]*[A-Z0-9]\b", file.read_text())}
    assert len(named) > 50
    assert {name for name in named if not name.startswith(TESTS)} <= known() | ELSEWHERE


@pytest.mark.parametrize("command", ["keys list --json", "world", "migrate", "model check x.yaml", "topics create"])
def test_every_other_command_warns_beside_what_it_prints(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], data_dir: Path, command: str
) -> None:
    monkeypatch.setenv("BANSO_DATA_DRI", "a secret")
    monkeypatch.setenv("BANSO_ZZZZ", "x")
    monkeypatch.setattr(cli_world, "run_standalone", lambda *_: None)
    monkeypatch.setattr(cli_services, "_migrate", lambda: asyncio.sleep(0))
    data_dir.mkdir()
    with suppress(SystemExit, BansoError):
        app(command.split(), standalone_mode=False)
    printed, said = capfd.readouterr()
    assert said.startswith(
        "banso: nothing reads BANSO_DATA_DRI; did you mean BANSO_DATA_DIR?\nbanso: nothing reads BANSO_ZZZZ\n"
    )
    assert "nothing reads" not in printed and "a secret" not in said


@pytest.mark.parametrize("command", ["run", "ingest", "scoring", "alerts"])
def test_every_process_warns_as_it_starts_and_never_says_the_value(
    monkeypatch: pytest.MonkeyPatch, data_dir: Path, command: str
) -> None:
    monkeypatch.setenv("BANSO_SLAK_TOKEN", "a secret")
    monkeypatch.setenv("BANSO_KAFKA_BOOTSTRAPS", "127.0.0.1:1")
    for module, name in ((cli, "log_to_stderr"), (cli_services, "configure"), (cli, "run_standalone")):
        monkeypatch.setattr(module, name, lambda *_, **__: None)
    with capture_logs() as said:
        done = CliRunner().invoke(app, [command])
    warned = {line["setting"]: line["did_you_mean"] for line in said if "setting" in line}
    assert warned == {
        f"{ENV_PREFIX}SLAK_TOKEN": f"{ENV_PREFIX}SLACK_TOKEN",
        f"{ENV_PREFIX}KAFKA_BOOTSTRAPS": f"{ENV_PREFIX}KAFKA_BOOTSTRAP",
    }
    assert "a secret" not in str(said)
    assert "nothing reads" not in done.stderr, "once"
