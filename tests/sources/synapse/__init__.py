"""Tests of Synapse as a Source."""
