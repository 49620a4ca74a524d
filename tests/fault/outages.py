"""`python -m tests.fault.outages`: servers that go away under load, and a member that is killed; fails on a breach.

Three services on a real Kafka and PostgreSQL, scoring twice, and a client that sends known events and repeats what was
not accepted. In the end every accepted event was applied once: applied = accepted, on partitions that all add up. While
a server is away each member that needs it says that it is not ready, and is ready again by itself when it is back.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from typing import Any

import httpx

from banso_common.http.keys import KeyRing, Scope
from deploy.local.kafka import KafkaServer
from deploy.local.member import Member
from deploy.local.postgres import PostgresServer
from deploy.local.run_distributed import SERVICES, _banso, _environment, _started
from deploy.local.server import Server

BATCHES, BATCH, ACCOUNTS = 200, 100, 60
PAUSE_S = TRY_AGAIN_S = LOOK_S = 0.5
AWAY_S, NOTICED_AFTER_S = 20.0, 12.0  # a broker counts as away after five seconds; a busy machine takes longer
READY_S_MAX = APPLIED_S_MAX = 120.0
NEEDS = {"postgres": {"alerts", "scoring"}, "kafka": {"alerts", "scoring", "ingest"}}


class Sender(Thread):
    """A client that sends every event until it is accepted."""

    def __init__(self, address: str, key: str) -> None:
        super().__init__(daemon=True)
        self._client = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=30)
        self.accepted = self.refused = 0

    def run(self) -> None:
        for number in range(BATCHES):
            while not self._sent(number):
                self.refused += 1
                time.sleep(TRY_AGAIN_S)
            self.accepted += BATCH
            time.sleep(PAUSE_S)

    def _sent(self, number: int) -> bool:
        events = [
            {
                "account": f"a{(number + n) % ACCOUNTS}",
                "name": "report.created",
                "user": f"u{n % 9}",
                "id": f"{number}/{n}",
            }
            for n in range(BATCH)
        ]
        try:
            return self._client.post("/v1/events", json=events).status_code == httpx.codes.ACCEPTED
        except httpx.TransportError:
            return False


def until(what: str, holds: Callable[[], bool], wait_s: float) -> float:
    """The seconds that it took until `holds`. Raises TimeoutError naming `what`."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > wait_s:
            raise TimeoutError(what)
        time.sleep(LOOK_S)
    return round(time.monotonic() - began, 1)


def ready(member: Member) -> bool:
    """What a member says of itself."""
    try:
        return httpx.get(f"{member.address}/readyz", timeout=10).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def outage(server: Server, end: Callable[[], None], members: Sequence[Member]) -> dict[str, Any]:
    """End a server for AWAY_S and start it again: who said ready meanwhile, and when all were ready again."""
    end()
    ended_at, wrong = time.monotonic(), set[str]()
    while (away_s := time.monotonic() - ended_at) < AWAY_S:
        if away_s > NOTICED_AFTER_S:
            wrong |= {each.name for each in members if each.name in NEEDS[server.name] and ready(each)}
        time.sleep(LOOK_S)
    server.start()
    again_s = until("ready again", lambda: all(map(ready, members)), READY_S_MAX)
    return {"server": server.name, "ready_while_away": sorted(wrong), "ready_again_s": again_s}


def main() -> None:
    with ExitStack() as ours:
        kafka, postgres = ours.enter_context(KafkaServer()), ours.enter_context(PostgresServer())
        environment = dict(_environment(kafka, postgres))
        del environment["BANSO_MODEL_FILE"]
        _banso(["topics", "create"], environment)
        _banso(["migrate"], environment)
        members = [_started(ours, service, environment) for service in SERVICES]
        key = KeyRing(Path(environment["BANSO_KEYS_FILE"])).create("outages", [Scope.ADMIN])
        scoring, victim = (each for each in members if each.name == "scoring")
        sender = Sender(next(each.address for each in members if each.name == "ingest"), key)
        sender.start()
        outages = [
            outage(postgres, postgres.stop, members),
            outage(postgres, lambda: postgres._end(signal.SIGQUIT), members),
            outage(kafka, kafka.stop, members),
        ]
        victim.kill()
        sender.join()
        counts: dict[str, Any] = {}

        def all_applied() -> bool:
            answer = httpx.get(f"{scoring.address}/v1/conservation", headers={"Authorization": f"Bearer {key}"})
            counts.update(answer.json())
            return sum(int(lane["applied"]) for lane in counts["lanes"]) >= sender.accepted

        until("all applied", all_applied, APPLIED_S_MAX)
        applied = sum(lane["applied"] for lane in counts["lanes"])
        found = {"accepted": sender.accepted, "refused": sender.refused, "applied": applied, "outages": outages}
        print(json.dumps({**found, "adds_up": counts["adds_up"]}, indent=2))
        sys.exit(
            not counts["adds_up"] or applied != sender.accepted or any(each["ready_while_away"] for each in outages)
        )


if __name__ == "__main__":
    main()
