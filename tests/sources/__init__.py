"""Tests of the Sources and of the client they ask with."""
