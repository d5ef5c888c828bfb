"""Sending a bundle to a store and reading it back."""
