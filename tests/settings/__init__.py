"""Tests of the configuration and of where secrets are kept."""
