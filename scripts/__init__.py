"""What stands behind ``dev.py``: one file per idea, the standard library alone."""
