"""Files that are brought home to be converted: the file itself, then what becomes of it."""
