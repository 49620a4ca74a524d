"""The customer's own objectives, and what they let health be."""
