"""Scoring's console: pages for people, made on the server, that work without JavaScript."""
