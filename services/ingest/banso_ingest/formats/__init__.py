"""The forms in which a usage event may come: CloudEvents, the Segment specification, and one typed by hand."""
