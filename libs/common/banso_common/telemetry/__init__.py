"""What an operator sees: logs, and metrics under a closed set of names."""
