"""Tests of what the server and the command line share."""
