"""What is known of accounts, as whole numbers by day: the stored facts, and the columns that formulas read."""
