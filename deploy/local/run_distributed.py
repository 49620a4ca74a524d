"""`make run-distributed`: a real Kafka and PostgreSQL, the three services as processes (scoring twice), the example.

Everything listens on 127.0.0.1 at free ports and is gone afterwards. Ctrl-C drains the services in the order in
which an event passes them, then ends the servers.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import NoReturn

from banso_common.http.keys import KeyRing, Scope
from deploy.local.kafka import ROOT, KafkaServer
from deploy.local.member import BANSO, Member
from deploy.local.postgres import PostgresServer
from deploy.local.server import ServerError

SERVICES = ("alerts", "scoring", "scoring", "ingest")  # nobody speaks before the next one listens
LOOK_EVERY_S = 0.5


def main() -> int:
    """Run until Ctrl-C or SIGTERM; exit code 1 when something ends by itself."""
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job inherits it ignored
    with ExitStack() as ours:
        try:
            _run(ours)
        except KeyboardInterrupt:
            _say("", "Draining …")
            return 0
        except ServerError as fault:
            sys.stderr.write(f"{fault}\n")
            return 1


def _run(ours: ExitStack) -> NoReturn:
    """Start everything, then watch it. Raises ServerError, KeyboardInterrupt."""
    kafka = ours.enter_context(KafkaServer())
    _say(f"Kafka       {kafka.bootstrap}")
    postgres = ours.enter_context(PostgresServer())
    _say(f"PostgreSQL  {postgres.url('postgres')}")
    environment = _environment(kafka, postgres)
    _banso(["topics", "create"], environment)
    _banso(["migrate"], environment)
    members = [_started(ours, service, environment) for service in SERVICES]
    key = KeyRing(Path(environment["BANSO_KEYS_FILE"])).create("run-distributed", [Scope.ADMIN])
    _welcome(members, key)
    _banso(["replay"], environment)
    while all(member.running for member in members):
        time.sleep(LOOK_EVERY_S)
    raise ServerError("\n".join(f"{each.name} ended:\n{each.log_tail()}" for each in members if not each.running))


def _environment(kafka: KafkaServer, postgres: PostgresServer) -> dict[str, str]:
    """The settings by which the processes find the servers, and each other's keys."""
    return {
        "BANSO_KAFKA_BOOTSTRAP": kafka.bootstrap,
        "BANSO_SCORING_DATABASE_URL": postgres.create_database("scoring"),
        "BANSO_ALERTS_DATABASE_URL": postgres.create_database("alerts"),
        "BANSO_DATA_DIR": str(kafka.folder / "banso"),
        "BANSO_KEYS_FILE": str(kafka.folder / "keys.json"),
        "BANSO_MODEL_FILE": str(ROOT / "examples/models/oulad.yaml"),
    }


def _banso(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run one command to its end, before the reader's eyes. Raises ServerError."""
    done = subprocess.run([*BANSO, *command], env={**os.environ, **environment}, cwd=ROOT, check=False)
    if done.returncode != 0:
        raise ServerError(f"banso {' '.join(command)} ended with {done.returncode}")


def _started(ours: ExitStack, service: str, environment: Mapping[str, str]) -> Member:
    member = ours.enter_context(Member(service, environment))
    _say(f"{service:<11} {member.address}   log: {member.log}")
    return member


def _welcome(members: Sequence[Member], key: str) -> None:
    """Where to ask, and with which key."""
    address = {member.name: member.address for member in members}
    as_me = f"curl -s -H 'Authorization: Bearer {key}'"
    _say(
        f"API key: {key}",
        f"Console: {address['scoring']}/login (sign in with the key)",
        "",
        "Try:",
        f"  {as_me} '{address['scoring']}/v1/accounts?band=critical&limit=5'",
        f"  {as_me} '{address['alerts']}/v1/outreach?limit=5'",
        f"  {as_me} '{address['ingest']}/v1/events' -H 'Content-Type: application/json' \\",
        """       -d '{"account": "hello", "name": "report.created"}'""",
        "",
    )


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
