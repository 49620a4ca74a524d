"""The roles of an answer and a resolution, and the factors of the course of trouble, with what contradicts itself.

Whoever is in trouble has to score below where the healthy band is left: `open` · 100 < healthy.until.
"""

from __future__ import annotations

from banso_scoring.domain.struggle.course_rules import CourseRules
from banso_scoring.model.table import Table

OPEN, UNSPOKEN = 0.64, 0.55
USUAL_UNTIL = 65.0
"""What the two factors are meant for: a file with a lower healthy band has lower ones, in proportion."""


def compile_course(table: Table) -> CourseRules:
    """The rules of the section `trouble`; an order that does not hold is noted in `table`."""
    written, until = table.file.trouble, table.file.bands.healthy.until
    lower = min(1.0, until / USUAL_UNTIL)
    spoken = OPEN * lower if written.open is None else written.open
    unspoken = UNSPOKEN / OPEN * spoken if written.unspoken is None else written.unspoken
    if written.enabled:
        if not 1.0 > written.slowly > spoken > unspoken:
            order = f"1 > slowly ({written.slowly:g}) > open ({spoken:g}) > unspoken ({unspoken:g})"
            table.fault(("trouble",), f"{order} does not hold: whoever speaks and is helped stands above who is silent")
        if 100.0 * spoken >= until:
            reason = f"who is in trouble would score up to {100 * spoken:g} and could be shown healthy"
            table.fault(("trouble", "open"), f"{reason}: bands.healthy.until is {until:g}, so it has to be less")
    days = written.model_dump(include={"lead_days", "fast_days", "confirm_days", "memory_days"})
    return CourseRules(enabled=written.enabled, slowly=written.slowly, open=spoken, unspoken=unspoken, **days)


def check_told_back(table: Table) -> None:
    """An answer and a resolution are ours: no event of theirs is what the account does, meets or writes."""
    roles = table.file.roles
    ours = {name.casefold(): role for role in ("answered", "resolved") for name in getattr(roles, role)}
    theirs = {"attempt": roles.attempt, "contact": roles.contact.events}
    theirs |= {f"friction/{name}": channel.events for name, channel in roles.friction.items()}
    for role, events in theirs.items():
        for event in events:
            if event.casefold() in ours:
                table.fault(("roles", ours[event.casefold()]), f'"{event}" is {role} already, and cannot be both')
