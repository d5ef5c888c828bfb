"""Tests of the words and of how they are read."""
