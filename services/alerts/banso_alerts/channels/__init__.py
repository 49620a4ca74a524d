"""What carries messages: one port, and an adapter for each way."""
