"""Some cells and genes of files, fetched without the rest of these."""
