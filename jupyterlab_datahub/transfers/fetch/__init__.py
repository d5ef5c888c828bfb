"""Bringing bytes home: parts, checks, and the threads that do it."""
