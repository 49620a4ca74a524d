"""How much time people have is read from the success model file, with a default for what it leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest

from banso_alerts.capacity_file import capacity_of, values_of
from banso_alerts.domain.edition import Capacity
from banso_alerts.domain.planning import Policy
from banso_alerts.editions import Editions
from banso_alerts.service import policy_of
from banso_alerts.settings import AlertsSettings
from banso_common.errors import SettingsError

SETTING = "BANSO_MODEL_FILE"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("name: x\n", Capacity(30.0, {})),
        ("capacity: {hours_per_csm_week: 12, cost_per_hour: {JPY: 8000}}\n", Capacity(12.0, {"JPY": 8_000.0})),
        ("capacity: {hours_per_csm_week: none, cost_per_hour: {JPY: 0, USD: true}}\n", Capacity(30.0, {})),
        ("capacity: 3\n", Capacity(30.0, {})),
    ],
)
def test_what_the_file_says_counts_and_what_it_leaves_out_is_the_default(
    tmp_path: Path, text: str, found: Capacity
) -> None:
    file = tmp_path / "model.yaml"
    file.write_text(text)
    assert capacity_of(values_of(file, SETTING)) == found


def test_without_a_file_the_default_counts_and_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert capacity_of(values_of(None, SETTING)) == Capacity()
    with pytest.raises(SettingsError, match="BANSO_MODEL_FILE: cannot read"):
        capacity_of(values_of(tmp_path / "none.yaml", SETTING))
    (tmp_path / "bad.yaml").write_text("a: [")
    with pytest.raises(SettingsError, match="not YAML"):
        capacity_of(values_of(tmp_path / "bad.yaml", SETTING))


def policy(settings: AlertsSettings) -> Policy:
    return policy_of(settings, (), Editions(settings).given)


def test_the_setting_stands_before_the_model(tmp_path: Path) -> None:
    file = tmp_path / "model.yaml"
    file.write_text("capacity: {hours_per_csm_week: 12}\n")
    by_model = policy(AlertsSettings(model_file=file))
    by_setting = policy(AlertsSettings(model_file=file, csm_hours_per_week=5.0))
    assert (by_model.rules.room.hours_per_week, by_setting.rules.room.hours_per_week) == (12.0, 5.0)
    assert by_model.rules.room.digest_minute == 16 * 60
    assert policy(AlertsSettings(digest_at="")).rules.room.digest_minute is None
