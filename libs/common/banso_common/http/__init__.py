"""What every HTTP door shares: problems, keys, paging, probes."""
