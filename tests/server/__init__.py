"""Tests of the server extension, over HTTP."""
