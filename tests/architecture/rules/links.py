"""A link between the pages of the repository leads somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.S)
HEADING = re.compile(r"^#+\s+(.*)$", re.M)


def breaches(root: Path, pages: Iterable[Path]) -> Iterator[str]:
    for page in pages:
        text = CODE.sub("", page.read_text(encoding="utf-8"))
        for target in LINK.findall(text):
            path, _, anchor = target.partition("#")
            if "://" in target or target.startswith("mailto:"):
                continue
            file = page.parent / path if path else page
            if not file.exists():
                yield f"{page.relative_to(root)}: {target} is not there"
            elif anchor and file.suffix == ".md" and anchor not in _anchors(file):
                yield f"{page.relative_to(root)}: {target} has no such heading"


def _anchors(page: Path) -> set[str]:
    """The headings of a page as the names that a link may use."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        for heading in HEADING.findall(page.read_text(encoding="utf-8"))
    }
