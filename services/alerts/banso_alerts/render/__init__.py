"""Messages: composed once in the recipient's language, encoded by each channel for where they go."""
