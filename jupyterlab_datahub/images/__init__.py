"""Images looked at without downloading them: what they are, and a small picture of a channel."""
