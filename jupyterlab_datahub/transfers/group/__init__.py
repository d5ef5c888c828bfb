"""Groups: many files that were asked for together, each a file of its own in the library."""
