"""Proof over HTTP: the rules and their records, what plays change, and how that fades."""
