"""The library: verified files by their content, with named links to them."""
