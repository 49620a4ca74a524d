"""The page of contracts says the limits and the refusal codes that the code has."""

from __future__ import annotations

import re
from pathlib import Path

from banso_ingest.domain import limits
from banso_ingest.domain.refusal import RefusalCode

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
