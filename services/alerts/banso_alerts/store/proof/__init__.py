"""What proof reads and keeps: rules with their records, judgements, who is left alone, exposures, findings."""
