"""A real Apache Kafka broker on 127.0.0.1: one node, both roles, its jars fetched once with Maven."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.local.server import Server, ServerError, free_port, program

ROOT = Path(__file__).parents[2]
POM = Path(__file__).with_name("pom.xml")
JVM = (
    "-Xms128m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
)


def cache_folder() -> Path:
    """Where downloads are kept between runs: BANSO_CACHE_DIR, else `.cache` of the checkout."""
    return Path(os.environ.get("BANSO_CACHE_DIR") or ROOT / ".cache")


def fetch_jars() -> Path:
    """The folder with the broker's jars (44 MB), fetched when pom.xml changed or they are missing.

    Safe beside another fetch: one waits for the other, and the folder appears whole or not at all.
    Raises ServerError when Maven is missing or fails.
    """
    home = cache_folder() / "kafka"
    jars = home / hashlib.sha256(POM.read_bytes()).hexdigest()[:12]
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not jars.is_dir():
            coming = home / "coming"
            shutil.rmtree(coming, ignore_errors=True)
            _run_maven(coming)
            coming.rename(jars)
    return jars


def _run_maven(target: Path) -> None:
    maven = program("mvn", "maven")
    command = [
        maven,
        "-q",
        "-B",
        "-f",
        str(POM),
        "dependency:copy-dependencies",
        f"-DoutputDirectory={target}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0 or not target.is_dir():
        raise ServerError(f"Maven could not fetch Kafka:\n{done.stdout}{done.stderr}")


class KafkaServer(Server):
    """One broker. `bootstrap` is its address, which stays the same over `restart` and `kill` + `start`.

    `settings` are broker properties that override the ones given here.
    """

    name = "kafka"
    close_signal = signal.SIGKILL

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self._settings = dict(settings or {})
        self.port, self._controller_port = free_port(), free_port()

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    def _properties(self) -> dict[str, str]:
        """The broker's settings. A short broker session lets a killed broker come back in 3 s, not 10."""
        return {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@127.0.0.1:{self._controller_port}",
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://127.0.0.1:{self._controller_port}",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": str(self.folder / "data"),
            "offsets.topic.replication.factor": "1",
            "offsets.topic.num.partitions": "4",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            "group.initial.rebalance.delay.ms": "0",
            "auto.create.topics.enable": "false",
            "broker.session.timeout.ms": "1500",
            "broker.heartbeat.interval.ms": "300",
        } | self._settings

    def _prepare(self) -> None:
        self._java = program("java", "openjdk-17-jre-headless")
        self._jars = f"{fetch_jars()}/*"
        file = self.folder / "server.properties"
        file.write_text("".join(f"{key}={value}\n" for key, value in self._properties().items()))
        tool = [self._java, "-XX:TieredStopAtLevel=1", "-cp", self._jars, "kafka.tools.StorageTool"]
        cluster = self.run_tool([*tool, "random-uuid"]).strip().splitlines()[-1]
        self.run_tool([*tool, "format", "-t", cluster, "-c", str(file)])

    def _command(self) -> Sequence[str]:
        return [self._java, *JVM, "-cp", self._jars, "kafka.Kafka", str(self.folder / "server.properties")]

    def _ready(self) -> bool:
        """The broker opens its port to clients once it has caught up with the controller."""
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


if __name__ == "__main__":
    fetch_jars()
