"""The past as it was known then, and how models would have done in it."""
