"""The one loop that all services run, and what works beside it."""
