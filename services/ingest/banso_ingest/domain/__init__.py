"""What a usage event must be, as pure functions: no I/O, no clock, no log."""
