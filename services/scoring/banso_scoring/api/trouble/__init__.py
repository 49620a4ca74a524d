"""Trouble that several accounts share, and trouble that is not heard of."""
