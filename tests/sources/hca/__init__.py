"""Tests of the Human Cell Atlas as a Source."""
