"""Where the `banso` command begins: a fault that banso names itself is one clear line, not a traceback."""

from __future__ import annotations

import sys

from banso_common.errors import BansoError
from banso_standalone.cli import app

EXIT_FAULT = 2
EXIT_INTERRUPTED = 130


def main() -> None:
    """Run the command; exit code 2 for any fault that has a name, 130 when a second Ctrl-C cut the drain short."""
    try:
        app()
    except BansoError as fault:
        sys.stderr.write(f"banso: {fault}\n")
        sys.exit(EXIT_FAULT)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)


if __name__ == "__main__":
    main()
