"""Named points at which a test can stop or kill a process, so that a promise is tried where it could break.

`BANSO_FAILPOINT=<name>:<action>[:<nth>]` acts the nth time (default 1) that `name` is passed; without it
a point costs one comparison. Actions: `kill` (SIGKILL to this process: nothing is flushed), `stop`
(SIGSTOP: a zombie, until somebody sends SIGCONT), `fail` (raises Unavailable).
"""

from __future__ import annotations

import os
import signal

from banso_common.errors import SettingsError, Unavailable

VARIABLE = "BANSO_FAILPOINT"
_ACTIONS = ("kill", "stop", "fail")


class _Armed:
    """What the environment asks for; `left` counts the passes that remain."""

    def __init__(self, text: str) -> None:
        name, _, rest = text.partition(":")
        action, _, nth = rest.partition(":")
        if text and action not in _ACTIONS:
            raise SettingsError(f"BANSO_FAILPOINT: `{text}` must be <name>:{'|'.join(_ACTIONS)}[:<nth>]")
        self.name, self.action, self.left = name, action, int(nth or 1)


_armed = _Armed(os.environ.get(VARIABLE, ""))


def failpoint(name: str) -> None:
    """Pass the point `name`; acts only when the environment armed it."""
    if _armed.name != name:
        return
    _armed.left -= 1
    if _armed.left != 0:
        return
    if _armed.action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif _armed.action == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    else:
        raise Unavailable(f"failpoint {name}")
