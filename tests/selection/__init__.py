"""Tests of taking some cells and genes of a file."""
