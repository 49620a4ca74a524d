"""ALERTS: decides whether, whom, when and how to reach out, delivers, and says what came of it."""
