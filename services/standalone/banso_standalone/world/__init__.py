"""A world with known truth: invented accounts whose hidden states are written down, and the events that they cause."""
