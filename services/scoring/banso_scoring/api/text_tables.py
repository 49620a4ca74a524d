"""Tables as text for other programs, with everything encoded for where it goes.

CSV (RFC 4180, UTF-8 with a byte order mark so that spreadsheets read Japanese): a text that a spreadsheet would
take for a formula begins with an apostrophe. Markdown: a text can neither end its cell nor be markup. Numbers are
ours and stay numbers.
"""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Sequence

Cell = str | int | float | None
FORMULA = re.compile(r"^[\s\u200b\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]")
"""What begins a formula, also in full width, which Japanese spreadsheets narrow."""
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|~>])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def csv_text(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """The table as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_for_csv(name) for name in header])
    writer.writerows([[_for_csv(cell) for cell in row] for row in rows])
    return "\ufeff" + out.getvalue()


def markdown_text(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """The table as Markdown."""
    lines = [[_for_markdown(cell) for cell in row] for row in (header, *rows)]
    lines.insert(1, ["---"] * len(header))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _for_csv(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return cell
    text = _CONTROL.sub(" ", cell.replace("\r\n", "\n"))
    return f"'{text}" if FORMULA.match(cell) else text


def _for_markdown(cell: Cell) -> str:
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return str(cell)
    return _MARKUP.sub(r"\\\1", html.escape(" ".join(_CONTROL.sub(" ", cell).split()), quote=False))
