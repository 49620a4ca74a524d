"""Shows what banso finds and what it misses: `python -m prove [--json] [--events FILE --truth FILE]`.

Without files it invents worlds (by default of three seeds) and judges the students of the example beside them; with
files it judges those, in the forms that `banso world-file` writes. Files may be given several times, in pairs.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import msgspec
from rich.console import Console
from rich.progress import Progress

from banso_common.errors import BansoError
from banso_standalone.world.spec import WorldSpec
from prove import boosting
from prove.cases import Asked, boosted, made
from prove.dead_feed import DeadFeed, Trial, dead_bars, tried
from prove.dead_feed_shown import show_dead_feeds
from prove.report import Bar, Worlds, bars, worlds
from prove.shown import show_bars, show_students, show_worlds
from prove.students import Students, students
from prove.told import VARIANTS

SEEDS, ACCOUNTS, WEEKS = (1, 2, 3), 600, 30
STEADY_DAYS = 105
"""Of an invented world: from then on about as many episodes end as begin, and prevalence is that of its spec."""
WORKERS_MAX = 4
TEXT_WIDTH = 130

A = TypeVar("A")
B = TypeVar("B")


class Proof(msgspec.Struct, frozen=True):
    """What `--json` prints."""

    worlds: Worlds | None
    students: Students | None
    bars: list[Bar]
    dead_feeds: list[DeadFeed] = []


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it. The exit code says whether it ran, not which bars were met."""
    given = _parser().parse_args(arguments)
    console = Console(highlight=False, quiet=given.json, width=None if sys.stdout.isatty() else TEXT_WIDTH)
    try:
        proof = prove(given, console)
    except BansoError as fault:
        print(f"prove: {fault}", file=sys.stderr)
        return 1
    if given.json:
        print(msgspec.json.encode(proof).decode())
    return 0


def prove(given: argparse.Namespace, console: Console) -> Proof:
    """All that was asked for, each table shown as soon as it is there. Raises BansoError."""
    spec = None if given.events else WorldSpec(accounts=given.accounts, weeks=given.weeks)
    found = None
    asked = _asked(given, spec)
    if asked:
        cases = [case for made_of in _spread(made, asked) for case in made_of]
        notes = [note for case in cases for note in case.notes]
        missing = boosting.missing()
        base = [case for case in cases if case.kind == "base"]
        if missing is None and len(base) > 1:
            cases = [*boosted(base), *(case for case in cases if case.kind != "base")]
        else:
            notes.append(f"no boosting: {missing or 'it learns from the truth of other worlds, and there is one'}")
        found = worlds(cases, spec, notes)
        show_worlds(console, found)
    taught = None
    if not given.events and given.students != "none":
        modules = [] if given.students == "all" else given.students.split(",")
        taught = students(modules, quiet=given.json)
        show_students(console, taught)
    dead = [one for some in _spread(tried, _trials(given, spec)) for one in some]
    if dead:
        show_dead_feeds(console, dead)
    held = [*(bars(found) if found else []), *dead_bars(dead), *(taught.bars if taught else [])]
    show_bars(console, held)
    return Proof(found, taught, held, dead)


def _asked(given: argparse.Namespace, spec: WorldSpec | None) -> list[Asked]:
    if spec is None or given.truth:
        if len(given.events) != len(given.truth):
            raise SystemExit("prove: each --events needs its --truth")
        pairs = zip(given.events, given.truth, strict=True)
        return [Asked(events.stem, files=(events, truth), model_file=given.model) for events, truth in pairs]
    return [
        Asked(f"seed {seed}", kind, replace(spec, seed=seed), None, given.model, STEADY_DAYS)
        for kind in VARIANTS
        if kind != "placebo"
        for seed in given.seeds
    ]


def _trials(given: argparse.Namespace, spec: WorldSpec | None) -> list[Trial]:
    if spec is None:
        return [Trial(events.stem, file=events, model_file=given.model) for events in given.events]
    return [Trial(f"seed {seed}", replace(spec, seed=seed), model_file=given.model) for seed in given.seeds]


def _spread(work: Callable[[A], B], asked: Sequence[A]) -> list[B]:
    """What `work` makes of each, in their order; of several each is made by a process of its own."""
    if len(asked) < 2:
        return [work(one) for one in asked]
    workers = min(len(asked), os.cpu_count() or 1, WORKERS_MAX)
    done: dict[int, B] = {}
    with (
        Progress(console=Console(stderr=True), transient=True) as progress,
        ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool,
    ):
        task = progress.add_task("worlds", total=len(asked))
        waiting = {pool.submit(work, one): number for number, one in enumerate(asked)}
        for future in as_completed(waiting):
            done[waiting[future]] = future.result()
            progress.advance(task)
    return [done[number] for number in range(len(asked))]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="prove", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one document for programs")
    parser.add_argument("--seeds", type=int, nargs="*", default=list(SEEDS), help="worlds to invent; none: no worlds")
    parser.add_argument("--accounts", type=int, default=ACCOUNTS)
    parser.add_argument("--weeks", type=int, default=WEEKS)
    parser.add_argument("--students", default="all", help="modules with commas between, `all` or `none`")
    parser.add_argument("--model", type=Path, help="a success model instead of the default, for worlds and files")
    parser.add_argument("--events", type=Path, action="append", default=[], metavar="FILE", help="judge these instead")
    parser.add_argument("--truth", type=Path, action="append", default=[], metavar="FILE", help="what was true in them")
    return parser


if __name__ == "__main__":
    sys.exit(main())
