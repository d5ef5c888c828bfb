"""Tests of the service that ELN-LIMS calls."""
