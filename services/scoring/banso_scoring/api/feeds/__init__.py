"""What the API says of the feeds that accounts' events come through."""
