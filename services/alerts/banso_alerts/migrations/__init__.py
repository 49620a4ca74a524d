"""Alembic's folder: run by `banso migrate`, never by the service."""
