"""Why a score changed, in parts that sum to the change."""
