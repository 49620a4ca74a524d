"""The history of scoring's tables."""
