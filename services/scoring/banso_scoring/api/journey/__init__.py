"""The phases of the customer, their goals, when these will pass, and how goals would have done in the past."""
