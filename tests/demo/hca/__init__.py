"""The demo's Human Cell Atlas, by its protocol."""
