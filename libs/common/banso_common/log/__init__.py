"""The durable log: one port, a Kafka adapter and an embedded one, one suite of tests over both."""
