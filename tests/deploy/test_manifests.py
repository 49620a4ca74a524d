"""What deploys banso agrees with the product: settings, commands, probes, metrics, topics, the set-up's commands."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic_settings import BaseSettings

from banso_common.contracts.topics import PARTITIONS_DEFAULT, Topic
from banso_common.settings import ENV_PREFIX, CommonSettings
from banso_common.telemetry.metrics import REGISTRY

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
BASE = DEPLOY / "kubernetes/base"
OVERLAY = DEPLOY / "kubernetes/overlays/example"
YAML_FILES = sorted(DEPLOY.rglob("*.yaml"))
WORKLOADS = ("ingest", "scoring", "alerts", "migrate")


def _documents(file: Path) -> list[Any]:
    return [document for document in yaml.safe_load_all(file.read_text(encoding="utf-8")) if document]


def _compose() -> dict[str, Any]:
    (found,) = _documents(DEPLOY / "compose.yaml")
    assert isinstance(found, dict)
    return found


def _settings() -> Iterator[type[BaseSettings]]:
    """The settings classes of every service."""
    yield CommonSettings
    for file in (ROOT / "services").glob("*/*/settings.py"):
        module = importlib.import_module(f"{file.parent.name}.settings")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, BaseSettings):
                yield value


def _variables() -> set[str]:
    """Every environment variable that a setting reads."""
    return {
        f"{settings.model_config.get('env_prefix', '')}{field}".upper()
        for settings in _settings()
        for field in settings.model_fields
    }


def _unknown(text: str) -> set[str]:
    """The variables of banso that a text names and no setting reads. A composition's own choices are no settings."""
    own = {"BANSO_POSTGRES_PASSWORD"}
    return set(re.findall(rf"\b{ENV_PREFIX}[A-Z_]+\b", text)) - _variables() - own


@pytest.mark.parametrize("file", YAML_FILES, ids=lambda file: file.relative_to(DEPLOY).as_posix())
def test_every_variable_that_is_set_is_a_setting(file: Path) -> None:
    assert _documents(file)
    assert _unknown(file.read_text(encoding="utf-8")) == set()


def test_the_images_and_readmes_variables_are_settings() -> None:
    for file in (DEPLOY / "Dockerfile", OVERLAY / "README.md"):
        assert _unknown(file.read_text(encoding="utf-8")) == set()


def test_a_variable_that_no_setting_reads_is_found() -> None:
    assert _unknown("BANSO_PORT=1 BANSO_PROT=1") == {"BANSO_PROT"}


def test_compose_runs_each_service_after_the_migration() -> None:
    services = _compose()["services"]
    for name in WORKLOADS:
        assert services[name]["command"] == [name]
    for name in ("ingest", "scoring", "alerts"):
        first = {"topics": ["topics", "create"], "migrate": ["migrate"]}
        assert {each: services[each]["command"] for each in services[name]["depends_on"]} == first
        assert "/readyz" in services[name]["healthcheck"]["test"][-1]
    assert services["kafka"]["image"] == "apache/kafka:4.3.0", "the version that the tests run"


def test_compose_opens_nothing_to_the_network() -> None:
    for service in _compose()["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_workload_runs_its_command_without_privileges(name: str) -> None:
    workload = _documents(BASE / f"{name}.yaml")[0]
    pod = workload["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert container["args"] == [name]
    for each in pod.get("initContainers", []):
        assert each["securityContext"] == container["securityContext"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert "memory" in container["resources"]["limits"]
    if workload["kind"] == "Deployment":
        assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
        assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"


def test_scaling_follows_topics_that_exist_and_stops_at_the_partitions() -> None:
    for scaled in _documents(OVERLAY / "scaling.yaml"):
        (trigger,) = scaled["spec"]["triggers"]
        assert trigger["metadata"]["topic"] in set(Topic)
        assert scaled["spec"]["maxReplicaCount"] <= PARTITIONS_DEFAULT
        service = scaled["spec"]["scaleTargetRef"]["name"]
        assert (BASE / f"{service}.yaml").is_file()
        assert trigger["metadata"]["consumerGroup"] == service, "a service reads as the group of its name"


def test_kustomize_renders_the_overlay() -> None:
    """Only where kubectl is: the other tests here read the same files without it."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not on this machine")
    done = subprocess.run([kubectl, "kustomize", OVERLAY], check=True, capture_output=True, text=True)
    rendered = [each for each in yaml.safe_load_all(done.stdout) if each]
    names = {(each["kind"], each["metadata"]["name"]) for each in rendered}
    assert {("Deployment", "scoring"), ("Job", "migrate"), ("ScaledObject", "ingest")} <= names
    images = re.findall(r"image: (.*)", done.stdout)
    assert set(images) == {"registry.example.com/banso:0.1.0"}


def _exposed() -> set[str]:
    return {sample.name for metric in REGISTRY.collect() for sample in metric.samples} | {
        f"{metric.name}{suffix}"
        for metric in REGISTRY.collect()
        for suffix in {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_count", "_sum")}.get(
            metric.type, ()
        )
    }


def test_alarms_are_about_metrics_that_exist_and_each_says_what_to_do() -> None:
    (rules,) = _documents(DEPLOY / "observability/alerts.yaml")
    runbook = (DEPLOY / "observability/README.md").read_text(encoding="utf-8")
    alarms = [rule for group in rules["groups"] for rule in group["rules"]]
    for alarm in alarms:
        wanted = set(re.findall(r"\bbanso_\w+", alarm["expr"]))
        assert wanted <= _exposed(), alarm["alert"]
        assert wanted or "up{" in alarm["expr"]
        assert alarm["annotations"]["summary"]
        assert f"| {alarm['alert']} |" in runbook
    told = set(re.findall(r"^\| (Banso\w+) \|", runbook, re.M))
    assert told == {alarm["alert"] for alarm in alarms}


def test_the_image_passes_hadolint() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, DEPLOY / "Dockerfile"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_hadolint_catches_a_bad_image(tmp_path: Path) -> None:
    bad = tmp_path / "Dockerfile"
    bad.write_text("FROM debian\nRUN cd /tmp && pip install flask\n")
    done = subprocess.run(
        [Path(sys.executable).with_name("hadolint"), bad], capture_output=True, text=True, check=False
    )
    assert done.returncode != 0


def test_the_image_is_set_up_as_a_checkout_is() -> None:
    """The same two installs, from the same lock, each file checked against its hash."""
    make = (ROOT / "Makefile").read_text(encoding="utf-8")
    image = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    for options in ("--require-hashes -r requirements.lock", "--no-build-isolation --no-deps"):
        assert re.search(rf"pip install (--no-cache-dir )?-q {options}", make)
        assert re.search(rf"pip install (--no-cache-dir )?-q {options}", image)


def test_the_image_runs_as_nobody_of_note_and_holds_no_secret() -> None:
    image = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"^USER (.*)$", image, re.M)[-1] == "10001:10001"
    assert not re.search(r"(?i)\b(token|password|secret)\b\s*=", image)
