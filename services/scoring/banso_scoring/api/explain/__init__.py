"""Why a score is what it is, and what was known when."""
