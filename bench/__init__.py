"""What banso's speed is, as ratios measured side by side in one run: `python -m bench [--json]`."""
