"""`python -m tests.fault --kills 1000 [--json]`: kills on each store, both at once; fails on a breach."""

from __future__ import annotations

import argparse
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.local.postgres import PostgresServer
from tests.fault.kills import reported
from tests.fault.life import Place


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.fault", description=__doc__)
    asked.add_argument("--kills", type=int, default=1_000, help="on each store")
    asked.add_argument("--seed", type=int, default=int(time.time()), help="what the deaths are drawn from")
    asked.add_argument("--json", action="store_true", help="print one JSON object")
    given = asked.parse_args()
    print(f"seed {given.seed}", file=sys.stderr)
    with TemporaryDirectory() as folder, PostgresServer() as server:
        stores = {
            "sqlite": f"sqlite+aiosqlite:///{folder}/store.db",
            "postgresql": server.create_database("faults"),
        }
        with ProcessPoolExecutor(len(stores), get_context("spawn")) as both:
            dying = {
                name: both.submit(reported, Place(url, file=str(Path(folder) / f"{name}.log")), given.kills, given.seed)
                for name, url in stores.items()
            }
            found = {name: one.result() for name, one in dying.items()}
    if given.json:
        print(json.dumps({"seed": given.seed, "stores": found}, indent=2))
    else:
        print(*(f"{name}: {report}" for name, report in found.items()), sep="\n")
    sys.exit(any(report["breaches"] for report in found.values()))


if __name__ == "__main__":
    main()
