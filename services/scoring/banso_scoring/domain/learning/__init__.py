"""Weights learnt from outcomes, as a proposal that a person can read."""
