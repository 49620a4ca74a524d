"""Every link between our pages leads somewhere."""

from __future__ import annotations

from pathlib import Path

from tests.architecture.rules.links import breaches
from tests.architecture.rules.strangers import tracked

ROOT = Path(__file__).parents[2]


def test_the_pages_of_the_house_link_to_what_is_there() -> None:
    pages = [file for file in tracked(ROOT) if file.suffix == ".md"]
    assert ROOT / "CONTRIBUTING.md" in pages
    assert list(breaches(ROOT, pages)) == []


def test_a_link_that_leads_nowhere_is_caught(tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    page.write_text("# One, two\n[x](gone.md) [y](#one-two) [z](a.md#three) [w](https://example.com) `[v](code.md)`\n")
    assert list(breaches(tmp_path, [page])) == ["a.md: gone.md is not there", "a.md: a.md#three has no such heading"]
