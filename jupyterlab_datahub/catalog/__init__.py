"""One search over everything: harvest, index, facets."""
