"""The same trouble in several accounts: signatures, how often each is met, and when that is an incident."""
