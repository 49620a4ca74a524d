"""`banso model backtest` and `calibrate`, from real students to figures: the ordering holds on a small part, no exact
figure does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from banso_common.errors import BansoError, SettingsError
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.model.load import load_model
from banso_standalone import cli_calibrate
from banso_standalone.asked import asked_of
from banso_standalone.cli import app
from banso_standalone.examples import oulad_model_file
from banso_standalone.spans import Span
from tests.scoring.domain.builders import SMALL
from tests.scoring.domain.past.test_backtest import DAYS, happenings, past_of

SMALL_PART = ["--example", "oulad", "--set", "modules=EEE"]
UPSIDE_DOWN = [
    ("ramp: [[0, 1], [0.1, 0.9], [0.35, 0.5], [0.7, 0]]", "ramp: [[0, 0], [0.1, 0.1], [0.35, 0.5], [0.7, 1]]"),
    (
        "ramp: [[7, 1], [21, 0.8], [35, 0.5], [60, 0.1], [90, 0]]",
        "ramp: [[7, 0], [21, 0.2], [35, 0.5], [60, 0.9], [90, 1]]",
    ),
    ("ramp: [[20, 0], [50, 0.35], [70, 0.75], [90, 1]]", "ramp: [[20, 1], [50, 0.65], [70, 0.25], [90, 0]]"),
    ("ramp: [[-2.9, 1], [-1.5, 0.7], [0, 0.3], [2, 0]]", "ramp: [[-2.9, 0], [-1.5, 0.3], [0, 0.7], [2, 1]]"),
    ("ramp: [[0.3, 0], [0.6, 0.5], [0.9, 0.9], [1, 1]]", "ramp: [[0.3, 1], [0.6, 0.5], [0.9, 0.1], [1, 0]]"),
]


def banso(folder: Path, *words: str, code: int = 0) -> str:
    """What the command prints."""
    answer = CliRunner().invoke(app, words, env={"BANSO_DATA_DIR": str(folder)})
    if answer.exception is not None and isinstance(answer.exception, BansoError):
        raise answer.exception
    assert answer.exit_code == code, (answer.output, answer.exception)
    return answer.stdout


def pooled(report: dict[str, Any], population: str) -> dict[str, Any]:
    (found,) = [one for one in report["rankings"] if (one["cutoff"], one["population"]) == ("pooled", population)]
    return dict(found)


@pytest.mark.timeout(300)
def test_on_real_students_the_shipped_model_ranks_better_than_recency_and_one_turned_round_is_refused(
    tmp_path: Path,
) -> None:
    text = oulad_model_file().read_text(encoding="utf-8")
    for straight, turned in UPSIDE_DOWN:
        assert straight in text
        text = text.replace(straight, turned)
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(text, encoding="utf-8")
    found = json.loads(banso(tmp_path, "model", "backtest", str(wrong), *SMALL_PART, "--json", code=1))
    shipped, turned_round = found["reports"]
    assert shipped["verdict"] == "beats"
    assert turned_round["verdict"] == "loses"
    assert found["gain"]["high"] < 0
    for population in ("open", "active"):
        ranked = pooled(shipped, population)
        assert ranked["model"]["value"] > 0.6
        assert ranked["gain"]["value"] > 0
    assert 0 < pooled(shipped, "kept")["accounts"] < pooled(shipped, "open")["accounts"]
    assert shipped["alerts"]["precision"] > turned_round["alerts"]["precision"]
    assert shipped["alerts"]["lead_days"] >= 14
    assert shipped["probabilities"]["brier"] < 0.1
    assert [one["cutoff"] for one in shipped["rankings"]][::4] == ["day 60", "day 90", "day 120", "pooled"]


def test_a_proposal_is_a_file_of_its_own_with_its_figures_and_is_better_on_days_it_did_not_see(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, out = tmp_path / "small.yaml", tmp_path / "proposed.yaml"
    small = SMALL + "trouble: {enabled: false}\n# the end\n"  # else the course of trouble tells it all
    model.write_text(small, encoding="utf-8")

    async def invented(model: SuccessModel, *_: object) -> list[Span]:
        weeks = range(28, DAYS - 20, 7)
        cutoffs = {day: f"day {day}" for day in weeks[::4]}
        return [Span(past_of(model, happenings(600, earliest=5), 600), tuple(weeks), frozenset(weeks), cutoffs)]

    monkeypatch.setattr(cli_calibrate, "spans_of", invented)
    words = ("model", "calibrate", str(model), "--out", str(out), "--set", "horizon=20")
    found = json.loads(banso(tmp_path, *words, "--json"))
    assert model.read_text(encoding="utf-8") == small
    assert found["file"] == str(out)
    text = out.read_text(encoding="utf-8")
    assert text.startswith("# A proposal for small@")
    assert text.endswith("# the end\n")
    weights = {one.name: one.weight for one in load_model(text, "proposed.yaml").dimensions}
    assert weights["smooth"] > 50, "errors are what foretells here, and the file thought little of them"
    assert found["gain"]["low"] > 0
    assert f"{found['reports'][1]['alerts']['precision']:.3f}" in text
    with pytest.raises(SettingsError, match="is there already"):
        banso(tmp_path, *words)
    out.unlink()
    assert "written:" in banso(tmp_path, *words)


@pytest.mark.timeout(300)
def test_students_who_left_after_the_judged_began_are_not_learnt_from(tmp_path: Path) -> None:
    """EEE was first taught in the autumn of 2013: hardly any outcome was known when the next course began."""
    with pytest.raises(SettingsError, match="too short to learn from"):
        banso(tmp_path, "model", "calibrate", "--out", str(tmp_path / "x.yaml"), *SMALL_PART)


def test_a_setting_that_cannot_be_is_named() -> None:
    assert asked_of(["horizon=30", "modules=AAA, BBB"]).modules == ["AAA", "BBB"]
    with pytest.raises(SettingsError, match=r"horizon.*speed"):
        asked_of(["speed=3"])


def test_a_store_without_facts_is_told_so(tmp_path: Path) -> None:
    banso(tmp_path, "migrate")
    with pytest.raises(SettingsError, match="no facts yet"):
        banso(tmp_path, "model", "backtest")
