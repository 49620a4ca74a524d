"""Structured logs: JSON for machines, a readable line on a terminal. Never a secret, never a whole event."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog


def configure(*, json: bool, level: str = "INFO") -> None:
    """Set up logging once, at the start of a process; other libraries' warnings go the same way."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(structlog.stdlib.ProcessorFormatter(processor=last, foreign_pre_chain=shared))
    root = logging.getLogger()
    root.handlers[:] = [stream]
    root.setLevel(logging.WARNING)
    logging.getLogger("banso").setLevel(level)


def logger(name: str) -> Any:
    """A logger `banso.<name>`; say what happened as an event name, and the rest as fields."""
    return structlog.stdlib.get_logger(f"banso.{name}")
