"""Measures rescoring all accounts from memory, beside the machine's own bandwidth: `python -m bench.rescore [--json]`.

Accounts come in through the live window as facts do; then all of them are read and evaluated, block by block, as a
sweep does it. The bytes are those of the columns that hold their days; the share is those bytes for a second of CPU, of
what this machine reads from memory for a second of CPU in the same run. A figure is the best of its rounds: others use
the machine too. The rest of the time is arithmetic, some thousand operations for each account.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
from banso_scoring.domain.facts.panel import DAYS
from banso_scoring.domain.facts.windows import weigh
from banso_scoring.domain.standing import Standing
from banso_scoring.domain.struggle.cohort import sketch
from banso_scoring.domain.struggle.usual import Cohort, fit
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.model.load import default_model

TODAY = 20_000
GOAL = 0.5
FILLED_AT_ONCE = 10_000
BANDWIDTH_BYTES = 2**30
USERS = 3
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


class Rescoring:
    """All accounts of a window, again and again."""

    def __init__(self, model: SuccessModel, window: LiveWindow, accounts: int) -> None:
        self._model, self._window, self._accounts = model, window, accounts
        self._seats, self._first_day = np.full(accounts, 5.0), np.full(accounts, TODAY - 300)
        self._standing = Standing.new(accounts)
        self._cohort = self._usual()

    def _usual(self) -> Cohort:
        some = np.arange(min(self._accounts, AT_ONCE))
        panel = self._window.panel(some, TODAY, self._seats[some], self._first_day[some])
        return fit(self._model, sketch(self._model, panel, TODAY))

    def blocks(self) -> list[np.ndarray[Any, np.dtype[np.int64]]]:
        """The accounts, as many at once as a sweep takes."""
        return [np.arange(begin, min(begin + AT_ONCE, self._accounts)) for begin in range(0, self._accounts, AT_ONCE)]

    def read(self, positions: np.ndarray[Any, np.dtype[np.int64]]) -> int:
        """Read the columns of some accounts and weigh their windows; gives the bytes of their days."""
        panel = self._window.panel(positions, TODAY, self._seats[positions], self._first_day[positions])
        weigh(self._model, panel)
        return panel.daily.nbytes

    def rescore(self, positions: np.ndarray[Any, np.dtype[np.int64]]) -> None:
        """Read and evaluate some accounts, and keep how they stand."""
        panel = self._window.panel(positions, TODAY, self._seats[positions], self._first_day[positions])
        today = np.full(len(positions), TODAY)
        standing, _ = evaluate(self._model, self._cohort, panel, self._standing.take(positions), today)
        self._standing.put(positions, standing)


def measure(accounts: int, threads: int, rounds: int, say: Console) -> dict[str, Any]:
    """One number of accounts."""
    model = default_model()
    window = filled(model, accounts, say)
    rescoring = Rescoring(model, window, accounts)
    blocks = rescoring.blocks()
    with ThreadPoolExecutor(threads) as pool:
        machine = bandwidth(threads, pool, rounds)
        read_bytes = sum(rescoring.read(block) for block in blocks)
        windows_s, windows_cpu_s = best(rounds, lambda: list(pool.map(rescoring.read, blocks)))
        whole_s, whole_cpu_s = best(rounds, lambda: list(pool.map(rescoring.rescore, blocks)))
    speed = machine["read_gb_cpu_s"] * 1e9
    return {
        "accounts": accounts,
        "threads": threads,
        "memory_bytes_per_account": round(window.nbytes / accounts),
        "read_bytes_per_account": round(read_bytes / accounts),
        "windows_s": windows_s,
        "windows_share": read_bytes / windows_cpu_s / speed,
        "rescore_s": whole_s,
        "rescore_share": read_bytes / whole_cpu_s / speed,
        "windows_cpu_us_per_account": windows_cpu_s / accounts * 1e6,
        "rescore_cpu_us_per_account": whole_cpu_s / accounts * 1e6,
        "goal": GOAL,
        **machine,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.rescore", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print rows as JSON")
    parser.add_argument("--accounts", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--threads", type=int, nargs="+", default=[1])
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    say = Console(stderr=True)
    rows = [measure(n, threads, given.rounds, say) for n in given.accounts for threads in given.threads]
    if given.json:
        print(json.dumps({"rows": rows}, indent=2))
        return
    table = Table(
        "accounts", "threads", "bytes held", "bytes read", "windows s", "CPU µs each", "share", "rescore s",
        "CPU µs each", "share", "reads GB/s", "GB/CPU s", "copies GB/s",
        title=f"Rescoring from memory; goal: a share of {GOAL}",
    )  # fmt: skip
    for row in rows:
        table.add_row(
            f"{row['accounts']:,}", str(row["threads"]), f"{row['memory_bytes_per_account']:,}",
            f"{row['read_bytes_per_account']:,}", f"{row['windows_s']:.3f}", f"{row['windows_cpu_us_per_account']:.2f}",
            f"{row['windows_share']:.3f}", f"{row['rescore_s']:.3f}", f"{row['rescore_cpu_us_per_account']:.2f}",
            f"{row['rescore_share']:.3f}", f"{row['read_gb_s']:.1f}", f"{row['read_gb_cpu_s']:.1f}",
            f"{row['copy_gb_s']:.1f}",
        )  # fmt: skip
    Console(width=150).print(table)


if __name__ == "__main__":
    main()
