"""Real servers on 127.0.0.1 without containers: for the tests, the benches and `make run-distributed`."""
