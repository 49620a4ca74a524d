"""Whether what an account's events come through is alive: silence is believed only as far as its feeds were heard."""
