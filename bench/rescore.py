"""Measures rescoring all accounts from memory, beside the machine's own bandwidth: `python -m bench.rescore [--json]`.

Accounts come in through the live window as facts do, and stand in all phases, cells and bands, as a day left them.
Then all are read and evaluated, block by block, as a sweep does it: for the first time on a day, when their days are
read, and again on that day, when what was kept of the days is read (the cohort, a standing or a plan changed, no fact).
The bytes are what each must read: the days or the kept numbers, the standing, what was said; and the new standing that
is written. The share is those bytes for a second of CPU, of what this machine reads from memory for a second of CPU in
the same run. That share says how far memory is from being what a look waits for, not how well the time is used: the
statistic takes some hundred logarithms and exponentials of each account (see `roof`), which is far more work than to
read it. So the share of that maths is printed too: the time of those alone, bare, of the time of a look. The rest
are passes over numbers in the cache, a quarter of a nanosecond each. A figure is the best of its rounds: others use the
machine too.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when BLAS is loaded, so before numpy is

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from banso_scoring.assess import AT_ONCE
from banso_scoring.domain.evaluation import evaluate
from banso_scoring.domain.facts.fact_columns import FactColumns
from banso_scoring.domain.facts.live import LiveWindow
from banso_scoring.domain.facts.panel import DAYS, Panel
from banso_scoring.domain.facts.statements import Statements
from banso_scoring.domain.facts.windows import readings, weigh
from banso_scoring.domain.standing import NO_DAY, Standing
from banso_scoring.domain.struggle.cohort import sketch
from banso_scoring.domain.struggle.usual import fit
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.model.load import default_model
from bench import roof

TODAY = 20_000
GOAL = 0.5
FILLED_AT_ONCE = 10_000
BANDWIDTH_BYTES = 2**30
USERS = 3
RENEWALS_SAID = 0.7
"""The share of accounts whose renewal is known."""
COST_ACCOUNTS = 100_000
"""The number of accounts whose time is told in a sentence."""
Ints = np.ndarray[Any, np.dtype[np.int64]]
EVENTS = (("report.created", 0.45, 6.0), ("export error", 0.03, 1.0), ("help viewed", 0.02, 1.0),
          ("ticket.opened", 0.004, 1.0), ("nps.answered", 0.002, 1.0))  # fmt: skip
"""Name, share of days with any, and how many on such a day."""


def facts(first: int, count: int, seed: int) -> FactColumns:
    """The facts of `count` accounts over DAYS days; users are in the first name's parts."""
    rng = np.random.default_rng(seed)
    size = np.ceil(rng.lognormal(0.0, 1.0, count))
    parts = []
    for name, (_, share, usual) in enumerate(EVENTS):
        account, day = np.nonzero(rng.random((count, DAYS)) < share)
        amount = 1 + rng.poisson((usual - 1) * size[account])
        parts.append(np.stack([account, TODAY - DAYS + 1 + day, np.full(len(day), name), amount]))
    account, day, name, amount = np.concatenate(parts, axis=1).astype(np.int64)
    users = 1 + (first + account) * USERS + rng.integers(0, USERS, len(account))
    return FactColumns(
        [str(first + number) for number in range(count)],
        [name for name, _, _ in EVENTS],
        account=account,
        day=day,
        known_day=day,
        name=name,
        count=amount,
        high=np.zeros_like(day),
        low=np.where(name == len(EVENTS) - 1, 8_000_000, 0),
        users=users,
        user_ends=np.arange(1, len(account) + 1),
    )


def filled(model: SuccessModel, accounts: int, say: Console) -> LiveWindow:
    """A window of so many accounts."""
    window = LiveWindow(model, TODAY)
    window.make_room(accounts, TODAY)
    with Progress(console=say, transient=True) as progress:
        task = progress.add_task(f"facts of {accounts:,} accounts", total=accounts)
        for first in range(0, accounts, FILLED_AT_ONCE):
            count = min(FILLED_AT_ONCE, accounts - first)
            window.add(facts(first, count, first), np.arange(first, first + count))
            progress.advance(task, count)
    return window


def bandwidth(threads: int, pool: ThreadPoolExecutor, rounds: int) -> dict[str, float]:
    """Bytes that this machine reads, and that it copies (read and written), GB for each second and each CPU second."""
    source = np.ones(BANDWIDTH_BYTES // 8 // threads * threads).reshape(threads, -1)
    target = np.empty_like(source)
    read, read_cpu = best(rounds, lambda: list(pool.map(np.max, source)))
    copied, _ = best(rounds, lambda: list(pool.map(np.copyto, target, source)))
    return {
        "read_gb_s": source.nbytes / read / 1e9,
        "read_gb_cpu_s": source.nbytes / read_cpu / 1e9,
        "copy_gb_s": 2 * source.nbytes / copied / 1e9,
    }


def best(rounds: int, work: Callable[[], object]) -> tuple[float, float]:
    """The shortest of some times, s, and the shortest CPU time of all threads, s."""
    times, cpu_times = [], []
    for _ in range(rounds):
        begin, cpu_begin = time.perf_counter(), time.process_time()
        work()
        times.append(time.perf_counter() - begin)
        cpu_times.append(time.process_time() - cpu_begin)
    return min(times), min(cpu_times)


def stood(model: SuccessModel, accounts: int) -> Standing:
    """How as many accounts stand: in all phases, bands and cells for up to a year."""
    rng, found = np.random.default_rng(1), Standing.new(accounts)
    found.band[:] = rng.integers(0, 4, accounts)
    found.phase[:] = rng.integers(0, len(model.journey), accounts)
    found.entered_day[:] = found.cell_day[:] = TODAY - rng.integers(1, 365, accounts)
    for row, axis in enumerate(model.matrix.axes):
        found.axis_value[row] = rng.integers(0, len(axis.values), accounts)
    return found


def statements(model: SuccessModel, standing: Standing) -> Statements:
    """What was said of accounts, so that each stays in its cell."""
    words = np.full((len(model.vocabulary.texts), standing.n), NO_DAY, np.int32)
    for row, axis in enumerate(model.matrix.axes[: len(words)]):
        words[row] = np.where(standing.axis_value[row] == axis.default, -1, 0)
    return Statements(np.full((len(model.vocabulary.numbers), standing.n), np.nan), words)


class Rescoring:
    """All accounts of a window, again and again."""

    def __init__(self, model: SuccessModel, window: LiveWindow, accounts: int) -> None:
        self._model, self._window, self._accounts = model, window, accounts
        rng = np.random.default_rng(2)
        self._seats, self._first_day = np.full(accounts, 5.0), np.full(accounts, TODAY - 300)
        self._renewal = np.where(rng.random(accounts) < RENEWALS_SAID, rng.integers(0, 365, accounts), np.nan)
        self._ended = np.zeros(accounts, np.bool_)
        self._closed = stood(model, accounts)
        self._said = statements(model, self._closed)
        self._current = Standing.new(accounts)
        some = np.arange(min(accounts, AT_ONCE))
        self._cohort = fit(model, sketch(model, self._panel(some, TODAY), TODAY))
        for block in self.blocks():  # one day, so that who moves has moved
            self.rescore(block, TODAY - 1)
        self._closed = self._current
        self._current = Standing.new(accounts)

    def _panel(self, positions: Ints, day: int) -> Panel:
        panel = self._window.panel(positions, day, self._seats[positions], self._first_day[positions])
        renewal, ended = self._renewal[positions], self._ended[positions]
        return replace(panel, renewal_in_days=renewal, ended=ended, said=self._said.take(positions))

    def blocks(self) -> list[Ints]:
        """The accounts, as many at once as a sweep takes."""
        return [np.arange(begin, min(begin + AT_ONCE, self._accounts)) for begin in range(0, self._accounts, AT_ONCE)]

    def read(self, positions: Ints, day: int) -> int:
        """Read what is asked of the days of some accounts; gives the bytes of these days."""
        panel = self._panel(positions, day)
        weigh(self._model, panel)
        return panel.daily.nbytes

    def rescore(self, positions: Ints, day: int) -> None:
        """Read and evaluate some accounts, and keep how they stand."""
        panel, previous = self._panel(positions, day), self._closed.take(positions)
        standing, _ = evaluate(self._model, self._cohort, panel, previous, np.full(len(positions), day))
        self._current.put(positions, standing)

    @property
    def channels(self) -> int:
        """How many channels of friction are worked out."""
        return roof.channels_told_apart(self._model, self._cohort)

    @property
    def own_bytes(self) -> int:
        """Bytes of an account beside its days: the standing read and written, and what else was said."""
        said = self._said.numbers.nbytes + self._said.words.nbytes + self._renewal.nbytes + self._ended.nbytes
        columns = sum(getattr(self._closed, name).nbytes for name in Standing.__slots__)
        return int(2 * columns + said + self._seats.nbytes + self._first_day.nbytes) // self._accounts


def measure(accounts: int, threads: int, rounds: int, say: Console) -> dict[str, Any]:
    """One number of accounts."""
    model = default_model()
    window = filled(model, accounts, say)
    rescoring = Rescoring(model, window, accounts)
    blocks = rescoring.blocks()
    days_bytes = sum(rescoring.read(block, TODAY) for block in blocks) // accounts
    first_bytes = days_bytes + rescoring.own_bytes
    again_bytes = window.kept.numbers * 8 + rescoring.own_bytes
    day = [TODAY]
    with ThreadPoolExecutor(threads) as pool:

        def every(work: Callable[[Ints, int], object], step: int) -> None:
            day[0] = 2 * TODAY - step - day[0] if step else day[0]  # to and fro between two days, or the same
            list(pool.map(lambda block: work(block, day[0]), blocks))

        machine = bandwidth(threads, pool, rounds)
        bare = best(rounds, lambda: list(pool.map(lambda block: roof.bare(block, rescoring.channels), blocks)))
        windows = best(rounds, lambda: every(rescoring.read, 1))
        first = best(rounds, lambda: every(rescoring.rescore, 1))
        again = best(rounds + 1, lambda: every(rescoring.rescore, 0))
    speed = machine["read_gb_cpu_s"] * 1e9 / accounts
    return {
        "accounts": accounts,
        "threads": threads,
        "memory_bytes_per_account": round(window.nbytes / accounts),
        "numbers_per_channel": len(readings(model)[model.roles.channels[0].series]),
        "numbers_per_account": window.kept.numbers,
        "logarithms_per_account": roof.logarithms(rescoring.channels),
        "exponentials_per_account": roof.exponentials(rescoring.channels),
        "bare_cpu_us_per_account": bare[1] / accounts * 1e6,
        "windows_s": windows[0],
        "windows_cpu_us_per_account": windows[1] / accounts * 1e6,
        "first_bytes_per_account": first_bytes,
        "first_s": first[0],
        "first_cpu_us_per_account": first[1] / accounts * 1e6,
        "first_share": first_bytes / first[1] / speed,
        "first_share_of_arithmetic": bare[1] / first[1],
        "again_bytes_per_account": again_bytes,
        "again_s": again[0],
        "again_cpu_us_per_account": again[1] / accounts * 1e6,
        "again_share": again_bytes / again[1] / speed,
        "again_share_of_arithmetic": bare[1] / again[1],
        "goal": GOAL,
        **machine,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.rescore", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print rows as JSON")
    parser.add_argument("--accounts", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, os.cpu_count() or 1])
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    say = Console(stderr=True)
    rows = [measure(n, threads, given.rounds, say) for n in given.accounts for threads in dict.fromkeys(given.threads)]
    if given.json:
        print(json.dumps({"rows": rows}, indent=2))
        return
    table = Table(
        "accounts", "threads", "bytes held", "first s", "CPU µs each", "bytes read", "of memory", "of maths",
        "again s", "CPU µs each", "bytes read", "of memory", "of maths", "reads GB/s", "GB/CPU s",
        title=f"Rescoring from memory: first on a day, and again; goal: a share of memory of {GOAL}",
    )  # fmt: skip
    for row in rows:
        table.add_row(
            f"{row['accounts']:,}", str(row["threads"]), f"{row['memory_bytes_per_account']:,}",
            f"{row['first_s']:.3f}", f"{row['first_cpu_us_per_account']:.2f}", f"{row['first_bytes_per_account']:,}",
            f"{row['first_share']:.3f}", f"{row['first_share_of_arithmetic']:.2f}", f"{row['again_s']:.3f}",
            f"{row['again_cpu_us_per_account']:.2f}", f"{row['again_bytes_per_account']:,}",
            f"{row['again_share']:.3f}", f"{row['again_share_of_arithmetic']:.2f}", f"{row['read_gb_s']:.1f}",
            f"{row['read_gb_cpu_s']:.1f}",
        )  # fmt: skip
    console = Console(width=165)
    console.print(table)
    console.print(f"Kept of the days: {rows[0]['numbers_per_account']} numbers an account, "
                  f"{rows[0]['numbers_per_channel']} of them for each channel of friction. Arithmetic: "
                  f"{rows[0]['logarithms_per_account']} logarithms and {rows[0]['exponentials_per_account']} "
                  f"exponentials an account, {rows[0]['bare_cpu_us_per_account']:.2f} µs bare.")  # fmt: skip
    for row in rows:
        if row["accounts"] == COST_ACCOUNTS:
            console.print(f"Rescoring {COST_ACCOUNTS:,} accounts with {row['threads']} threads: {row['first_s']:.2f} s "
                          f"the first time on a day, {row['again_s']:.2f} s again.")  # fmt: skip


if __name__ == "__main__":
    main()
