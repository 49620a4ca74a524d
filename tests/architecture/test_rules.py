"""The house keeps its rules, and each rule is shown to catch a breach and to let the innocent be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests.architecture.rules import commits, names, purity, sizes, strangers
from tests.architecture.rules.tree import Module, made_of, read_tree

ROOT = Path(__file__).parents[2]
Rule = Callable[[Iterable[Module]], Iterator[str]]
RULES = [sizes.breaches, purity.breaches, commits.breaches, names.breaches]

SIZED = "libs/common/banso_common/sized.py"
DOMAIN = "services/scoring/banso_scoring/domain/seeded.py"
STORE = "services/scoring/banso_scoring/seeded.py"
SAYS = '"""It says what it is for."""\n'

SEEDED = [
    (sizes.breaches, SIZED, SAYS + "x = 1\n" * 300, "301 lines"),
    (sizes.breaches, SIZED, "x = 1\n", "does not begin by saying"),
    (sizes.breaches, SIZED, SAYS + "def long():\n" + "    x = 1\n" * 60, "long has 61 lines"),
    (sizes.breaches, SIZED, SAYS + "def wide(a, b, c, /, d, *, e, f): ...", "wide has 6 parameters"),
    (sizes.breaches, SIZED, SAYS + "class A:\n    def wide(self, a, b, c, d, e, f): ...", "6 parameters"),
    (purity.breaches, DOMAIN, "import time", "may not import time"),
    (purity.breaches, DOMAIN, "from pathlib import Path", "may not import pathlib Path"),
    (purity.breaches, DOMAIN, "def f():\n    import logging", "may not import logging"),
    (purity.breaches, DOMAIN, "import random", "may not import random"),
    (purity.breaches, DOMAIN, "import urllib.request", "may not import urllib.request"),
    (purity.breaches, DOMAIN, "from sqlalchemy import text", "may not import sqlalchemy"),
    (purity.breaches, DOMAIN, "from banso_scoring import store", "may not import banso_scoring store"),
    (purity.breaches, DOMAIN, "from banso_ingest.domain import limits", "may not import banso_ingest.domain"),
    (purity.breaches, DOMAIN, "from banso_common.clock import SystemClock", "banso_common.clock SystemClock"),
    (purity.breaches, DOMAIN, "from banso_common.log import port", "may not import banso_common.log"),
    (purity.breaches, DOMAIN, "async def f(): ...", "does not wait: async f"),
    (purity.breaches, DOMAIN, "open('x')", "may not call open"),
    (purity.breaches, DOMAIN, "print('x')", "may not call print"),
    (purity.breaches, DOMAIN, "from datetime import datetime\ndatetime.now()", "may not call .now()"),
    (purity.breaches, DOMAIN, "import numpy as np\nnp.random.default_rng()", "numpy.random"),
    (commits.breaches, STORE, "connection.commit()", ".commit() outside"),
    (commits.breaches, STORE, "with engine.begin() as c: ...", ".begin() outside"),
    (commits.breaches, STORE, "connection.rollback()", ".rollback() outside"),
    (commits.breaches, STORE, "execute(text('COMMIT'))", "'COMMIT' outside"),
    (commits.breaches, STORE, "execute('begin immediate')", "'begin immediate' outside"),
    (names.breaches, "libs/common/banso_common/utils.py", "", "utils says nothing"),
    (names.breaches, "services/alerts/banso_alerts/helpers/mail.py", "", "helpers says nothing"),
    (names.breaches, STORE, "class StoreManager: ...", "StoreManager says nothing"),
    (names.breaches, STORE, "class EventProcessor: ...", "EventProcessor says nothing"),
    (names.breaches, STORE, "class BaseStore: ...", "BaseStore says nothing"),
    (names.breaches, STORE, "async def handle_event(): ...", "handle_event says nothing"),
    (names.breaches, STORE, "topic = 'account-signals'", "write Topic.ACCOUNT_SIGNALS"),
    (names.breaches, STORE, "from prometheus_client import Counter", "banso_common.telemetry only"),
    (names.breaches, STORE, "import prometheus_client", "banso_common.telemetry only"),
]

INNOCENT = [
    (sizes.breaches, SIZED, SAYS + "x = 1\n" * 299),
    (sizes.breaches, SIZED, SAYS + "class A:\n    def f(self, a, b, c, d, e): ..."),
    (sizes.breaches, "services/a/banso_a/migrations/versions/0001.py", "x = 1\n" * 400),
    (sizes.breaches, "tests/a.py", SAYS + "def test(a, b, c, d, e, f, g): ..."),
    (purity.breaches, DOMAIN, "import math\nimport numpy as np\nfrom datetime import datetime\nnp.sum(x)"),
    (purity.breaches, DOMAIN, "from banso_common.contracts.account_signal import Kind"),
    (purity.breaches, DOMAIN, "from banso_common.clock import DAY_MS"),
    (purity.breaches, DOMAIN, "from banso_scoring.domain.band import Band"),
    (purity.breaches, STORE, "import time\nprint(time.time())"),
    (commits.breaches, STORE, "await reader.commit(offsets)"),
    (commits.breaches, STORE, "'commits: how work begins'\nx = 'begin of the day'"),
    (commits.breaches, "libs/common/banso_common/db/seeded.py", "connection.commit()"),
    (names.breaches, STORE, "class Database: ...\ndef rebase(): ...\nclass Handler: ...\ndef base64(): ..."),
    (names.breaches, "tests/a.py", "def test_a_base_is_named(): ...\nasync def handle_DATA(): ..."),
    (names.breaches, STORE, '"""Reads usage-events."""\ntopic = Topic.USAGE_EVENTS'),
    (names.breaches, STORE, "from prometheus_client import generate_latest"),
]


@pytest.fixture(scope="module")
def tree() -> list[Module]:
    return read_tree(ROOT)


def test_the_tree_that_is_checked_is_the_house(tree: list[Module]) -> None:
    paths = {module.path for module in tree}
    assert "libs/common/banso_common/log/port.py" in paths
    assert "tests/architecture/test_rules.py" in paths


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__module__.rpartition(".")[2])
def test_the_house_keeps(rule: Rule, tree: list[Module]) -> None:
    assert list(rule(tree)) == []


@pytest.mark.parametrize(("rule", "path", "source", "says"), SEEDED)
def test_a_seeded_breach_is_caught(rule: Rule, path: str, source: str, says: str) -> None:
    (found,) = rule(made_of({path: source}))
    assert found.startswith(f"{path}:")
    assert says in found


@pytest.mark.parametrize(("rule", "path", "source"), INNOCENT)
def test_the_innocent_are_let_be(rule: Rule, path: str, source: str) -> None:
    assert list(rule(made_of({path: source}))) == []


def test_what_is_kept_names_no_machine_and_no_registry() -> None:
    texts = []
    for file in strangers.tracked(ROOT):
        raw = file.read_bytes()
        if b"\0" not in raw[:8_192]:
            texts.append((file.relative_to(ROOT).as_posix(), raw.decode(errors="replace")))
    assert len(texts) > 20
    assert list(strangers.breaches(texts)) == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("cd /wo" + "rk/main", "a path of one machine"),
        ("file = '/ro" + "ot/.venv/x'", "a path of one machine"),
        ("see /ho" + "me/taro/banso", "a path of one machine"),
        ("--index-url ht" + "tps://py" + "pi.org/simple", "a package registry's host"),
        ("resolved: https://registry.np" + "mjs.org/x.tgz", "a package registry's host"),
        ("cp ../sha" + "red/data .", "a folder beside the checkout"),
    ],
)
def test_a_stranger_is_caught(line: str, says: str) -> None:
    assert list(strangers.breaches([("a.txt", f"fine\n{line}\n")])) == [f"a.txt:2: {says}"]


@pytest.mark.parametrize(
    "line", ["/var/lib/banso", "GET /v1/wo" + "rk/1", "{root}/wo" + "rk/x", "https://kafka.apache.org"]
)
def test_an_ordinary_path_is_no_stranger(line: str) -> None:
    assert list(strangers.breaches([("a.txt", line)])) == []
