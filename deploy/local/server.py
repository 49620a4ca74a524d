"""One local server as a process: waited for, stopped or killed by its own pid, never left behind."""

from __future__ import annotations

import contextlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from deploy.local.leash import Leash

START_WAIT_S_MAX = 60.0
STOP_WAIT_S_MAX = 40.0  # a service drains for 30 s at most
POLL_S = 0.03
TRY_AGAIN_S = 0.3
LOG_TAIL_CHARS = 3_000


class ServerError(RuntimeError):
    """A server cannot be had; the message says what is missing or what the server said."""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now.

    It lies below the range from which Linux gives ports to outgoing connections: else, while the server
    is down, a client that tries to reconnect could be given that very port, and keep the server from it.
    """
    while True:
        port = random.randint(15_000, 32_000)  # noqa: S311 - to be spread, not to be secret
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def program(name: str, package: str, *folders: Path) -> str:
    """The path of a program, looked for in `folders`, then in PATH. Raises ServerError naming its package."""
    for folder in folders:
        if (folder / name).is_file():
            return str(folder / name)
    found = shutil.which(name)
    if found is None:
        raise ServerError(f"`{name}` is not on this machine: apt-get install {package}")
    return found


class Server(ABC):
    """A server with a folder of its own. `with` starts it and leaves nothing behind."""

    name: str
    stop_signal = signal.SIGTERM
    close_signal = signal.SIGTERM
    """How it ends when its data is thrown away."""
    may_fail_at_first = True
    """Whether a start is worth another try: after a kill, the old one's lock or registration takes a moment to go."""

    def __init__(self) -> None:
        self._leash = Leash()
        self.folder = Path(tempfile.mkdtemp(prefix=f"banso-{self.name}-"))
        self._leash.hold_folder(self.folder)
        self.log = self.folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._prepared = False

    @abstractmethod
    def _prepare(self) -> None:
        """Make the folder ready, once, before the first start."""

    @abstractmethod
    def _command(self) -> Sequence[str]:
        """What to run; it stays in the foreground."""

    @abstractmethod
    def _ready(self) -> bool:
        """Whether it answers now."""

    def _environment(self) -> Mapping[str, str] | None:
        """Its environment; None is ours."""
        return None

    def _user(self) -> str | None:
        """Whom to run it as; None is who we are."""
        return None

    @property
    def pid(self) -> int:
        """The running server's process. Raises ServerError when it does not run."""
        if not self.running:
            raise ServerError(f"{self.name} does not run")
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> Self:
        """Start and wait until it answers, START_WAIT_S_MAX at most. Raises ServerError with its log."""
        if self.running:
            return self
        self._end(signal.SIGKILL)  # it may have ended by itself
        if not self._prepared:
            self._prepare()
            self._prepared = True
        deadline = time.monotonic() + START_WAIT_S_MAX
        while time.monotonic() < deadline:
            if self._process is None:
                self._spawn()
            if self._ready():
                return self
            time.sleep(POLL_S)
            if not self.running:
                self._end(signal.SIGKILL)
                if not self.may_fail_at_first:
                    break
                time.sleep(TRY_AGAIN_S)
        self.kill()
        raise ServerError(f"{self.name} did not start:\n{self.log_tail()}")

    def stop(self) -> None:
        """End it in order; its data stays for `start`."""
        self._end(self.stop_signal)

    def kill(self) -> None:
        """End it at once, as a crash would (SIGKILL); its data stays for `start`."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop in order and start again, on the same port with the same data."""
        self.stop()
        self.start()

    def close(self) -> None:
        """End it and remove everything."""
        self._end(self.close_signal)
        self._leash.close()

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_: object) -> None:
        self.close()

    def run_tool(self, command: Sequence[str]) -> str:
        """Run one of the server's own tools to its end; gives its output. Raises ServerError with it."""
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, user=self._user(), check=False)
        if done.returncode != 0:
            raise ServerError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def _spawn(self) -> None:
        user = self._user()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=self._environment(),
                user=user,
                group=user,
                extra_groups=None if user is None else [],
                start_new_session=True,  # Ctrl-C in a terminal is for our services; they drain first
            )
        self._leash.hold_pid(self._process.pid)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(how)
        try:
            self._process.wait(STOP_WAIT_S_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._leash.drop_pid(self._process.pid)
        self._process = None

    def log_tail(self) -> str:
        """The last that it said."""
        return self.log.read_text(errors="replace")[-LOG_TAIL_CHARS:] if self.log.exists() else "(no log)"
