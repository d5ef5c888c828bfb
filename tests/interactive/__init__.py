"""Tests of what users of Python call."""
