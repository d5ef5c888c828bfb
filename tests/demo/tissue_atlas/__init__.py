"""Tests of the demo's tissue atlas."""
