"""Tests of the demo's MCMICRO project."""
