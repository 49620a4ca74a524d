"""Alerts' HTTP API: the inbox of outreaches, what was held back and why, and silences."""
