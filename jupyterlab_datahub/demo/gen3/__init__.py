"""A Gen3 data commons: fence, indexd, DRS, the graph and its metadata, and its bucket."""
