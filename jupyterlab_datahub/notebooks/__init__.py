"""Hand-off cells and provenance."""
