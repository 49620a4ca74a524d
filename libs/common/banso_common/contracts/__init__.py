"""The published language: what stands on each topic, version by version. Readers rely on it; add, never change."""
