"""What is wrong with a file that a person wrote: line, path and reason of everything found, not only of the first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from banso_common.errors import Refused

Path = tuple[str | int, ...]
FINDINGS_MAX = 100


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One fault: `line` counts from 1, `path` is written with dots."""

    line: int
    path: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.path}: {self.reason}" if self.path else f"line {self.line}: {self.reason}"


class FileWrong(Refused):
    """A file is wrong; `findings` says where and why, for each kind of file under a code of its own."""

    code = "file-wrong"

    def __init__(self, origin: str, findings: Iterable[Finding]) -> None:
        self.origin = origin
        self.findings = sorted(findings)[:FINDINGS_MAX]
        super().__init__(self.code, "\n".join(f"{origin}, {finding}" for finding in self.findings))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`, did you mean "..."?`, or nothing when no known word is near."""
    near = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f', did you mean "{near[0]}"?' if near else ""
