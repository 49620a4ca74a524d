"""Warns of each `BANSO_…` variable that nothing reads, so that a slip of the pen is not a default in silence.

A warning and no error: an environment of tomorrow may be given to a banso of yesterday. Values are never printed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

from banso_alerts.settings import AlertsSettings
from banso_common.failpoints import VARIABLE as FAILPOINT
from banso_common.settings import ENV_PREFIX
from banso_common.telemetry.logs import logger
from banso_ingest.settings import IngestSettings
from banso_scoring.settings import ScoringSettings
from banso_standalone.settings import StandaloneSettings

KINDS: Final = (IngestSettings, ScoringSettings, AlertsSettings, StandaloneSettings)
ELSEWHERE: Final = frozenset({FAILPOINT, "BANSO_CACHE_DIR", "BANSO_KEY", "BANSO_POSTGRES_PASSWORD"})
"""What our tests, `deploy/` and the examples of the documentation read."""
TESTS: Final = "BANSO_TEST_"
NEAR_MIN: Final = 0.6


def known() -> frozenset[str]:
    """The variables that a process of banso reads, whichever it is: one environment may serve them all."""
    return frozenset(ENV_PREFIX + name.upper() for kind in KINDS for name in kind.model_fields)


def unknown(environment: Mapping[str, str]) -> dict[str, str | None]:
    """The variables of ours that nothing reads, with the one that may be meant."""
    names = {name.removeprefix(ENV_PREFIX) for name in known()}
    found: dict[str, str | None] = {}
    for name, value in sorted(environment.items()):
        own = name.upper()
        if not own.startswith(ENV_PREFIX) or own.startswith(TESTS) or own in ELSEWHERE or _is_link(own, value):
            continue
        said = own.removeprefix(ENV_PREFIX)
        if said not in names:
            near = get_close_matches(said, sorted(names), n=1, cutoff=NEAR_MIN)
            found[name] = ENV_PREFIX + near[0] if near else None
    return found


def warn_of_unknown() -> None:
    """Say each in the log."""
    for name, meant in unknown(os.environ).items():
        logger("settings").warning("nothing reads this setting", setting=name, did_you_mean=meant)


def tell_of_unknown() -> None:
    """Say each to whoever has typed a command, on standard error: what a command prints stays what it is."""
    for name, meant in unknown(os.environ).items():
        print(f"banso: nothing reads {name}" + (f"; did you mean {meant}?" if meant else ""), file=sys.stderr)


def _is_link(name: str, value: str) -> bool:
    """Whether Kubernetes or Docker made it for a service whose name begins with banso."""
    return (
        "_SERVICE_HOST" in name or "_SERVICE_PORT" in name or "_PORT_" in name or ("://" in value and "_PORT" in name)
    )
