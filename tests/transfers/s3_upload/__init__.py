"""Notebooks that are saved to a bucket."""
