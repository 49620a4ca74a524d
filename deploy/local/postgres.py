"""A real PostgreSQL on 127.0.0.1, with fsync and synchronous_commit on, as a production server has them."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
from collections.abc import Sequence
from pathlib import Path

from deploy.local.server import Server, ServerError, free_port, program

PACKAGE = "postgresql"
USER = "postgres"
CONNECTIONS_MAX = 200


def postgres_program(name: str) -> str:
    """The path of one of PostgreSQL's programs, the newest that Debian installed, else from PATH."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: -float(folder.parent.name))
    return program(name, PACKAGE, *versions)


class PostgresServer(Server):
    """One cluster in a folder of its own, without passwords, on a port that stays over restarts.

    Its collation is a linguistic one (ICU en-US), as servers in production mostly have, so that SQL
    which silently relies on byte order is found here. PostgreSQL refuses root: then it runs as `postgres`.
    """

    name = "postgres"
    stop_signal = signal.SIGINT  # its "fast" shutdown: does not wait for clients
    close_signal = signal.SIGQUIT  # its "immediate" one: does not write down what will be removed

    def __init__(self) -> None:
        super().__init__()
        self.port = free_port()

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database of this server."""
        return f"postgresql+asyncpg://{USER}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, template: str = "") -> str:
        """Create a database, empty or as a copy of `template`; gives its SQLAlchemy URL. Raises ServerError when it
        exists, or somebody is connected to `template`."""
        copied = ["-T", template] if template else []
        server = ["-h", "127.0.0.1", "-p", str(self.port), "-U", USER]
        self.run_tool([postgres_program("createdb"), *server, *copied, "--", name])
        return self.url(name)

    def _user(self) -> str | None:
        return USER if os.geteuid() == 0 else None

    def _prepare(self) -> None:
        initdb = postgres_program("initdb")
        if (user := self._user()) is not None:
            try:
                pwd.getpwnam(user)
            except KeyError:
                raise ServerError(f"there is no user `{user}`: apt-get install {PACKAGE}") from None
            shutil.chown(self.folder, user, user)
        encoding = ["-E", "UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=en-US"]
        self.run_tool([initdb, "-D", "data", "-U", USER, "-A", "trust", *encoding])

    def _command(self) -> Sequence[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": str(CONNECTIONS_MAX),
            "fsync": "on",
            "synchronous_commit": "on",
        }
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [postgres_program("postgres"), "-D", "data", *options]

    def _ready(self) -> bool:
        try:
            self.run_tool([postgres_program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)])
        except ServerError:
            return False
        return True
