"""The history of alerts' tables."""
