"""What alerts decides, as pure functions: plays, candidates, stages, delivery. Nothing here waits, logs or reads."""
