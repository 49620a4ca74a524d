"""Accounts read in groups."""
