"""Scoring's HTTP API: accounts with their health, for whoever polls them."""
