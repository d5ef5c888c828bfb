"""Images looked at where they are."""
