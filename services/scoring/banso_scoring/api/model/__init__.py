"""The success model that counts, and the way to another."""
