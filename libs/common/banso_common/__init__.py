"""What the services share: the published language, the log, the database, the one loop. Knows no service."""
