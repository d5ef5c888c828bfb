"""Tests of what every look at a file is made of."""
