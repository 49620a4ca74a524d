"""Proof that outreach helps, as pure functions of what is stored: who is right, what a play does, and how long."""
