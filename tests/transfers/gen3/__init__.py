"""Downloads from a Gen3 commons."""
