"""The database, alike on SQLite and PostgreSQL; the only place that commits."""
