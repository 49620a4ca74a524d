"""The page of contracts says the limits and the refusal codes that the code has."""

from __future__ import annotations

import re
from pathlib import Path

from banso_common.contracts.topics import KEEP_DAYS, Topic
from banso_ingest.body import BODY_WAIT_S_MAX
from banso_ingest.domain import limits
from banso_ingest.domain.refusal import RefusalCode
from banso_ingest.door import EVENTS_MAX
from banso_ingest.settings import BODY_BYTES_MAX, IngestSettings

PAGE = Path("docs/contracts.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.partition(f"### {title}\n")[2].partition("\n## ")[0].partition("\n### ")[0]


def test_every_limit_is_documented_with_its_value() -> None:
    documented = {name: int(value) for name, value in re.findall(r"^\| `(\w+)` \| (\d+) \|", section("Limits"), re.M)}
    assert documented == {
        name: value for name, value in vars(limits).items() if name.isupper() and not name.endswith("_MS")
    }


def test_every_refusal_code_is_documented_and_no_other() -> None:
    assert re.findall(r"^\| `([a-z0-9-]+)` \|", section("Refusal codes"), re.M) == [code.value for code in RefusalCode]


def test_the_http_limits_are_documented_as_they_are() -> None:
    told = PAGE.partition("## Over HTTP")[2].partition("\n## ")[0]
    assert f"over {BODY_BYTES_MAX // 2**20} MiB unpacked, over {EVENTS_MAX} events" in told
    assert f"did not arrive in {BODY_WAIT_S_MAX:.0f} s" in told


def test_the_settings_are_documented_with_their_defaults() -> None:
    told = PAGE.partition("## Dead letters")[2].partition("\n## ")[0]
    settings = IngestSettings()
    assert settings.refused_share_max == 0.5
    assert f"last {settings.breaker.window_records} records" in told
    assert f"`BANSO_COOL_DOWN_S` ({settings.cool_down_s})" in told
    assert f"keeping time ends ({KEEP_DAYS[Topic.DEAD_LETTERS]} days)" in told
