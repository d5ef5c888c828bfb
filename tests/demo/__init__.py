"""Tests of the demo hub."""
