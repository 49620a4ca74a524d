"""Scoring: facts, health, journey and signals of every account of its partitions."""
