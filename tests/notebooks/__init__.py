"""Tests of the hand-off cells."""
