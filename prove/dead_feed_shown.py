"""What was said where a feed died, and beside it where it did not, as a table for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from prove.dead_feed import DeadFeed

HEADS = (
    "died",
    "days",
    "operator",
    "others",
    "unknown",
    "contact?",
    "meanwhile",
    "unfounded",
    "alarms",
    "beside",
    "differing",
)


def show_dead_feeds(console: Console, found: Sequence[DeadFeed]) -> None:
    """A row for each case, and what the columns are."""
    title = "a feed dies, and its backlog comes later; beside it the same without that"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), min_width=len(title))
    table.add_column("case")
    for head in HEADS:
        table.add_column(head, justify="right", no_wrap=True)
    for one in found:
        each = sorted(set(one.operator))
        table.add_row(
            one.case,
            str(len(one.died)),
            f"{one.days:.0f}",
            " ".join(map(str, each)) + " each",
            f"{one.operator_else} / {one.operator_beside}",
            f"{one.unknown} of {one.accounts}",
            str(one.contact_unknown),
            str(one.meanwhile),
            str(one.unfounded),
            str(one.alarms),
            str(one.alarms_beside),
            str(one.differing),
        )
    console.print(table)
    console.print(
        "died: feeds; operator: messages about each of them; others: messages about feeds that only were quiet, here /"
        " beside; contact?: accounts in trouble of which nobody knows whether they wrote; meanwhile: alarms of"
        " customers while a feed was dead; unfounded: those that are not said beside; alarms, beside: of customers, to"
        " the end; differing: messages that only one of the two has."
    )
