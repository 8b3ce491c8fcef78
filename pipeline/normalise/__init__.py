"""A mention to its identity in no language."""
