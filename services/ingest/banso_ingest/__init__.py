"""Ingest: reads usage events in any accepted form and hands them on in the one canonical form. Holds no state."""
