"""The Source of Gen3 commons."""
