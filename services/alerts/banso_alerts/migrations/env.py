"""Alembic's entry; how migrations run is the same for every service."""

from banso_common.db.migrate import run_env

run_env()
