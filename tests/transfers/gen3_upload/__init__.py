"""Saving notebooks to a Gen3 commons."""
