"""Nothing that is kept in the repository names one machine, a package registry or a folder beside the checkout."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

# Written in pieces, so that this file does not breach its own rule.
MACHINE_PATH = re.compile(r"(?<![\w.}-])/(?:" + "work|root|home/[a-z]" + r"\w*|Users/\w+)/")
REGISTRY = re.compile(
    "|".join(
        re.escape(f"{name}.{domain}")
        for name, domain in (
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("registry.npmjs", "org"),
            ("repo.maven.apache", "org"),
            ("repo1.maven", "org"),
            ("proxy.golang", "org"),
            ("deb.debian", "org"),
            ("crates", "io"),
        )
    )
)
BESIDE = "../" + "shared"


def tracked(root: Path) -> list[Path]:
    """The files that git keeps under `root`, or would keep if they were added."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
    return [root / name for name in listed if name and (root / name).is_file()]


def breaches(files: Iterable[tuple[str, str]]) -> Iterator[str]:
    """`files` are (path, text)."""
    for path, text in files:
        for number, line in enumerate(text.splitlines(), 1):
            if MACHINE_PATH.search(line):
                yield f"{path}:{number}: a path of one machine"
            if REGISTRY.search(line):
                yield f"{path}:{number}: a package registry's host"
            if BESIDE in line:
                yield f"{path}:{number}: a folder beside the checkout"
