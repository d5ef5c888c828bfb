"""The Jupyter Server extension: a thin layer of routes over the core."""
