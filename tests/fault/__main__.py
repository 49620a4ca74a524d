"""`python -m tests.fault --kills 1000 [--json]`: kills on each store, and what came of it; fails on a breach."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from deploy.local.postgres import PostgresServer
from tests.fault.kills import run
from tests.fault.life import Place


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.fault", description=__doc__)
    asked.add_argument("--kills", type=int, default=1_000, help="on each store")
    asked.add_argument("--seed", type=int, default=int(time.time()), help="what the deaths are drawn from")
    asked.add_argument("--json", action="store_true", help="print one JSON object")
    given = asked.parse_args()
    found = {}
    with TemporaryDirectory() as folder, PostgresServer() as server:
        stores = {
            "sqlite": f"sqlite+aiosqlite:///{folder}/store.db",
            "postgresql": server.create_database("faults"),
        }
        for name, url in stores.items():
            found[name] = _killed(Place(url, file=str(Path(folder) / f"{name}.log")), given.kills, given.seed)
            if not given.json:
                print(f"{name}: {found[name]}", flush=True)
    if given.json:
        print(json.dumps({"seed": given.seed, "stores": found}, indent=2))
    sys.exit(any(report["breaches"] for report in found.values()))


def _killed(place: Place, kills: int, seed: int) -> dict[str, Any]:
    began = time.monotonic()
    report = asyncio.run(run(place, kills, seed))
    seconds = round(time.monotonic() - began, 1)
    return {"total": report.kills.total(), **vars(report), "kills": dict(report.kills), "seconds": seconds}


if __name__ == "__main__":
    main()
