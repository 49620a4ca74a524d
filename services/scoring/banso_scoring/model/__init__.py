"""The success model file: how a company says what success is, read, checked and compiled for the domain."""
