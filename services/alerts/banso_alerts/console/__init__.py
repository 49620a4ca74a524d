"""Alerts' part of the console: what waits, what was sent or held back and why, and whether it helps."""
