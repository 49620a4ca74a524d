"""The composition: the three services in one process over an embedded log, and the `banso` command."""
